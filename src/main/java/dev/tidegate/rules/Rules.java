package dev.tidegate.rules;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The rules in force on this node. One for all its instances; safe for all threads. Whoever looks
 * sees the newest at once, whoever holds something that a rule may end registers to be told.
 */
public final class Rules {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile RuleSet current = RuleSet.EMPTY;

  public RuleSet current() {
    return current;
  }

  /** Runs the task after every change, on the thread of whoever changes; gives what ends that. */
  public Runnable onChange(Runnable task) {
    listeners.add(task);
    return () -> listeners.remove(task);
  }

  /** Puts others in force. */
  public void set(RuleSet rules) {
    current = rules;
    listeners.forEach(Runnable::run);
  }
}
