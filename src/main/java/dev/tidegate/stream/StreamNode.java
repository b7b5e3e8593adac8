package dev.tidegate.stream;

import dev.tidegate.loop.EventLoops;
import dev.tidegate.net.Certificates;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.Rules;
import dev.tidegate.stream.deadman.Roster;
import dev.tidegate.stream.door.ReconnectStorms;
import dev.tidegate.stream.session.Census;
import dev.tidegate.stream.session.UnreadBudget;
import dev.tidegate.stream.socket.Platform;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** What the STREAM instances of one node share; safe for all threads. */
public final class StreamNode {
  final String name;
  final Authenticator authenticator;
  final Rules rules;
  final RuleMeters ruleMeters;
  final MeterRegistry registry;
  final EventLoops loops;
  final RandomGenerator chance = new SecureRandom();
  final Census census = new Census();
  final ReconnectStorms storms = new ReconnectStorms(chance);
  final Roster roster;
  final UnreadBudget unread;
  final Certificates certificates;

  /**
   * @param name the node's
   * @param rules what operators have ordered, for all roles of the node
   * @param unreadBytes what sessions may leave unread together, 0 for half of the direct memory
   */
  public StreamNode(
      String name,
      Authenticator authenticator,
      Rules rules,
      MeterRegistry registry,
      EventLoops loops,
      long unreadBytes) {
    this.name = name;
    this.authenticator = authenticator;
    this.rules = rules;
    this.ruleMeters = new RuleMeters(registry);
    this.registry = registry;
    this.certificates = new Certificates(registry);
    this.loops = loops;
    this.unread =
        new UnreadBudget(unreadBytes > 0 ? unreadBytes : Platform.directMemory() / 2, registry);
    this.roster = new Roster(name, UUID.randomUUID().toString());
  }
}
