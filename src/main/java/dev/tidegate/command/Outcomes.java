package dev.tidegate.command;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.command.state.CommandState;

/** Tells the cluster what changed. */
final class Outcomes {
  private final Bus bus;
  private final CommandMeters meters;

  Outcomes(Bus bus, CommandMeters meters) {
    this.bus = bus;
    this.meters = meters;
  }

  void publish(CommandState.Effect change) {
    for (Transition t : change.transitions()) {
      meters.transition(t.record().status());
      bus.publish(Commands.outcome(Commands.shardOf(t.consumer())), t);
    }
  }
}
