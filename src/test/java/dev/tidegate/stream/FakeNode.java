package dev.tidegate.stream;

import dev.tidegate.loop.EventLoops;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.rules.Rules;
import dev.tidegate.stream.session.Census;
import io.micrometer.core.instrument.MeterRegistry;

/** What the instances of a node share, on event loops of its own. */
public final class FakeNode {
  private FakeNode() {}

  public static StreamNode of(
      String name, Authenticator authenticator, Rules rules, MeterRegistry registry) {
    return new StreamNode(name, authenticator, rules, registry, new EventLoops(registry), 0);
  }

  /** Who is on the node, as its instances count. */
  public static Census census(StreamNode node) {
    return node.census;
  }
}
