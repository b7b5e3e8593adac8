package dev.tidegate.stream.deadman;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Armings.Armed;
import dev.tidegate.bus.Armings.Done;
import dev.tidegate.bus.Armings.Said;
import dev.tidegate.bus.Armings.Wanted;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rosters that talk over a bus that a test turns by hand, and loses what the test says. */
class RosterTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int GRACE = 4_000;

  /** One node of two instances: its clock stands while it is frozen, its post waits. */
  private final class Node implements Roster.Out {
    final String name;
    final Roster roster;
    final List<ArrayDeque<Said>> posts = List.of(new ArrayDeque<>(), new ArrayDeque<>());

    /** Instances whose event loop stands. */
    final Set<Integer> stalled = new HashSet<>();

    final Set<String> fenced = new HashSet<>();
    boolean dead;
    boolean frozen;
    boolean deaf;

    Node(String name, String run) {
      this.name = name;
      this.roster = new Roster(name, run);
      roster.join(0, now);
      roster.join(1, now);
    }

    @Override
    public void say(Said said) {
      for (Node other : nodes.values()) {
        if (other != this && !other.dead && !other.deaf && !deaf) {
          other.posts.forEach(post -> post.add(said));
        }
      }
    }

    @Override
    public void cancel(Armed armed) {
      asked.add(name + " " + armed.session());
      if (commandsAway) {
        roster.failed(armed.session(), now);
      } else {
        commands.add(armed.session());
        roster.accepted(armed.session(), this);
      }
    }

    @Override
    public void lost(Armed armed) {
      throw new AssertionError("lost " + armed);
    }

    void arm(String session, String owner) {
      roster.arm(new Armed(session, owner, owner, GRACE, now / 1_000_000), now, this);
    }

    void replace(String old, String session, String owner) {
      roster.replaced(new Armed(old, owner, owner, 0, now / 1_000_000), this);
      arm(session, owner);
    }

    void disarm(String session, String owner) {
      roster.disarm(new Armed(session, owner, owner, 0, now / 1_000_000), now, this);
    }

    void end(String session) {
      roster.ended(session, now, this);
    }

    void step() {
      for (int i = 0; i < posts.size(); i++) {
        if (!dead && !frozen && !stalled.contains(i)) {
          step(i);
        }
      }
    }

    /** The timers first, as a process does that wakes up. */
    private void step(int instance) {
      if (roster.leads(instance, now)) {
        roster.turn(now, this);
      }
      ArrayDeque<Said> post = posts.get(instance);
      for (int left = post.size(); left > 0; left--) {
        Said said = post.remove();
        if (said instanceof Done done) {
          fenced.add(done.session());
        }
        if (roster.leads(instance, now)) {
          roster.hear(said, now, this);
        }
      }
    }
  }

  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Set<String> commands = new HashSet<>();
  private final List<String> asked = new ArrayList<>();
  private boolean commandsAway;
  private long now = 77 * SECOND;
  private Node one;
  private Node two;
  private Node three;

  private Node node(String name) {
    Node node = new Node(name, "run-" + nodes.size());
    nodes.put(name, node);
    return node;
  }

  @BeforeEach
  void start() {
    one = node("n1");
    two = node("n2");
    three = node("n3");
    seconds(4);
  }

  private void seconds(double count) {
    for (long end = now + (long) (count * SECOND); now < end; ) {
      now += SECOND / 4;
      List.copyOf(nodes.values()).forEach(Node::step);
    }
  }

  @Test
  void itsOwnNodeCancelsAfterTheGracePeriodAndNobodyElseDoes() {
    one.arm("a", "alice");
    seconds(1);
    one.end("a");
    seconds(3.5);
    assertThat(commands).isEmpty();
    seconds(30);
    assertThat(asked).containsExactly("n1 a");
    assertThat(two.roster.size()).isZero();
  }

  @Test
  void anotherNodeCancelsWhenItsOwnDies() {
    one.arm("a", "alice");
    seconds(1);
    one.dead = true;
    seconds(6);
    assertThat(commands).as("not before the node is known to be gone").isEmpty();
    seconds(20);
    assertThat(asked).containsExactly("n2 a");
    assertThat(three.roster.size()).isZero();
  }

  @Test
  void theNextInLineCancelsWhenTheFirstDiesToo() {
    one.arm("a", "alice");
    seconds(1);
    one.end("a");
    one.dead = true;
    seconds(3);
    two.dead = true;
    seconds(60);
    assertThat(asked).containsExactly("n3 a");
  }

  @Test
  void comingBackElsewhereBeforeTheDeathIsEvenKnownCallsItOff() {
    one.arm("a", "alice");
    seconds(1);
    one.dead = true;
    seconds(1);
    two.arm("b", "alice");
    seconds(60);
    assertThat(commands).isEmpty();
    two.end("b");
    seconds(30);
    assertThat(commands).containsExactly("b");
  }

  @Test
  void comingBackToDisarmCallsItOff() {
    one.arm("a", "alice");
    one.end("a");
    seconds(2);
    two.disarm("b", "alice");
    seconds(60);
    assertThat(commands).isEmpty();
  }

  @Test
  void aSocketThatIsFoundDeadLateDoesNotHarmWhoHasComeBack() {
    one.arm("a", "alice");
    seconds(1);
    two.replace("a", "b", "alice"); // the client lost its network and came back over another
    seconds(30);
    one.end("a"); // no sign of life since
    seconds(30);
    assertThat(commands).isEmpty();
    assertThat(one.roster.size()).isEqualTo(1);
  }

  /** Whether or not it gave a sign between, on one node or on two, in any part of a second. */
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void whoIsCutAfterAnotherOneArmedIsCancelledForOnce(boolean sameNode, boolean sign) {
    List<String> expected = new ArrayList<>();
    for (int tenth = 1; tenth <= 200; tenth++) {
      String owner = "owner" + tenth;
      String a = "a" + tenth;
      one.arm(a, owner);
      seconds(1);
      Node other = sameNode ? one : two;
      other.arm("b" + tenth, owner);
      nodes.values().forEach(Node::step); // the bus is quicker than the cut
      now += tenth % 10 * SECOND / 10;
      int whole = tenth / 10;
      seconds(whole);
      if (sign) {
        one.roster.heard(a, one);
      }
      one.end(a);
      expected.add("n1 " + a);
      if (tenth % 3 == 0) {
        other.arm("b" + tenth, owner); // says again what stands: nobody has come back
      } else if (tenth % 3 == 1) {
        other.disarm("b" + tenth, owner); // for itself
      }
      seconds(20);
    }
    assertThat(asked).containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theOneThatIsNamedIsNotCancelledFor(boolean sameNode) {
    one.arm("a", "alice");
    seconds(1);
    (sameNode ? one : two).replace("a", "b", "alice");
    seconds(1);
    one.end("a");
    one.dead = !sameNode;
    seconds(60);
    assertThat(asked).isEmpty();
    assertThat(three.roster.size()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void norIfItsEndCrossesWithTheName(boolean known) {
    three.deaf = !known;
    one.arm("a", "alice");
    seconds(1);
    three.deaf = false;
    one.end("a");
    two.replace("a", "b", "alice");
    seconds(60);
    assertThat(asked).isEmpty();
  }

  @Test
  void whoArmsAfterAllIsCancelledForThoughTheWordOfItIsLost() {
    one.disarm("a", "alice");
    two.replace("a", "b", "alice");
    seconds(1);
    two.deaf = true;
    three.deaf = true;
    one.arm("a", "alice");
    two.deaf = false;
    three.deaf = false;
    seconds(5);
    one.end("a");
    seconds(60);
    assertThat(asked).containsExactly("n1 a");
  }

  @Test
  void nobodyNamesTheSessionOfAnotherOwner() {
    one.arm("a", "alice");
    seconds(1);
    two.replace("a", "m", "mallory");
    one.roster.replaced(new Armed("a", "mallory", "mallory", 0, 1), one);
    seconds(1);
    one.end("a");
    seconds(60);
    assertThat(asked).containsExactly("n1 a");
  }

  @Test
  void aReportThatCrossesWithTheNameIsUndone() {
    one.arm("a", "alice");
    seconds(1);
    one.frozen = true;
    two.replace("a", "b", "alice");
    one.roster.hear(new Wanted("n2", "n1"), now, one); // says of a session that it stands
    seconds(1);
    one.frozen = false;
    seconds(1);
    one.dead = true;
    seconds(60);
    assertThat(asked).isEmpty();
  }

  @Test
  void twoSessionsOfOneOwnerThatBothLiveAreWatchedEach() {
    one.arm("a", "alice");
    two.arm("b", "alice");
    seconds(1);
    assertThat(one.roster.replacedHere()).containsOnlyKeys("a");
    one.roster.heard("a", one);
    assertThat(one.roster.replacedHere()).isNull();
    seconds(1);
    one.dead = true;
    seconds(30);
    assertThat(commands).containsExactly("a");
  }

  @Test
  void disarmingLeavesNothingBehind() {
    one.arm("a", "alice");
    seconds(1);
    one.disarm("a", "alice");
    one.end("a");
    seconds(30);
    assertThat(commands).isEmpty();
    assertThat(three.roster.size()).isZero();
  }

  @Test
  void aNodeThatJoinsLearnsWhatIsArmed() {
    for (int i = 0; i < 1_234; i++) {
      one.arm("s" + i, "owner" + i);
    }
    seconds(1);
    Node four = node("n4");
    seconds(3);
    assertThat(four.roster.size()).isEqualTo(1_234);
    one.dead = true;
    two.dead = true;
    three.dead = true;
    seconds(80);
    assertThat(commands).hasSize(1_234);
  }

  @Test
  void whatTheBusLosesIsAskedFor() {
    two.deaf = true;
    one.arm("a", "alice");
    seconds(1);
    two.deaf = false;
    three.dead = true;
    seconds(3);
    assertThat(two.roster.size()).isEqualTo(1);
    one.dead = true;
    seconds(60);
    assertThat(asked).containsExactly("n2 a");
  }

  @Test
  void aFrozenNodeThatThawsEndsWhatWasCancelledForIt() {
    one.arm("a", "alice");
    seconds(1);
    one.frozen = true;
    seconds(30);
    assertThat(commands).containsExactly("a");
    one.frozen = false;
    seconds(5);
    assertThat(one.fenced).contains("a");
    assertThat(one.roster.size()).isZero();
    seconds(60);
    assertThat(asked).hasSize(1);
  }

  @Test
  void aFrozenNodeThatThawsInTimeKeepsItsSessions() {
    one.arm("a", "alice");
    seconds(1);
    one.frozen = true;
    seconds(6.5);
    one.frozen = false;
    seconds(60);
    assertThat(commands).isEmpty();
    assertThat(one.fenced).isEmpty();
    assertThat(two.roster.size()).isEqualTo(1);
    one.end("a");
    seconds(10);
    assertThat(commands).containsExactly("a");
  }

  @Test
  void aFrozenNodeThatThawsDoesNotHarmWhoHasComeBackElsewhere() {
    one.arm("a", "alice");
    one.arm("c", "carol");
    seconds(1);
    one.end("c"); // its grace period passes while the node is frozen
    one.frozen = true;
    seconds(2);
    two.arm("b", "alice");
    two.arm("d", "carol");
    seconds(20);
    one.frozen = false;
    one.step(); // all its timers are due
    one.end("a");
    seconds(60);
    assertThat(commands).isEmpty();
  }

  @Test
  void evenWhenItsPostWasLost() {
    one.arm("a", "alice");
    one.arm("c", "carol");
    seconds(1);
    one.end("c");
    seconds(1);
    one.frozen = true;
    one.deaf = true;
    two.arm("b", "alice");
    two.arm("d", "carol");
    seconds(20);
    one.frozen = false;
    one.deaf = false;
    seconds(4);
    one.end("a");
    seconds(60);
    assertThat(commands).isEmpty();
  }

  @Test
  void aNodeThatLeavesHandsItsSessionsOver() {
    one.arm("a", "alice");
    one.arm("b", "bob");
    seconds(1);
    one.end("a");
    one.roster.leave(0, one);
    seconds(1);
    assertThat(two.roster.size()).as("an instance is left").isEqualTo(2);
    one.roster.leave(1, one);
    one.dead = true;
    seconds(2);
    three.arm("b2", "bob");
    seconds(1);
    assertThat(commands).isEmpty();
    seconds(3);
    assertThat(asked).containsExactly("n2 a");
    seconds(60);
    assertThat(asked).hasSize(1);
  }

  @Test
  void aNodeThatIsStartedAnewUnderItsNameLeavesItsOldSessionsBehind() {
    one.arm("a", "alice");
    seconds(1);
    one.dead = true;
    seconds(1);
    nodes.remove("n1");
    one = node("n1");
    seconds(40);
    assertThat(commands).containsExactly("a");
  }

  @Test
  void triesAgainUntilTheCommandIsAccepted() {
    commandsAway = true;
    one.arm("a", "alice");
    one.end("a");
    seconds(30);
    assertThat(commands).isEmpty();
    commandsAway = false;
    seconds(5);
    assertThat(commands).containsExactly("a");
    int before = asked.size();
    seconds(30);
    assertThat(asked).hasSize(before);
  }

  @Test
  void aNodeThatIsCutOffWaitsLongerBeforeItCancelsForTheOthers() {
    two.arm("a", "alice");
    three.arm("b", "bob");
    seconds(1);
    one.deaf = true;
    seconds(30);
    assertThat(asked).isEmpty();
    one.deaf = false;
    seconds(60);
    assertThat(asked).isEmpty();
    assertThat(one.roster.size()).isEqualTo(2);
  }

  @Test
  void anInstanceThatStandsStillIsStoodInFor() {
    one.arm("a", "alice");
    seconds(1);
    one.stalled.add(0);
    seconds(10);
    two.arm("b", "bob");
    seconds(10);
    assertThat(one.roster.size()).as("it hears").isEqualTo(2);
    two.end("b");
    two.dead = true;
    seconds(20);
    assertThat(asked).as("it cancels").containsExactly("n1 b");
    one.stalled.clear();
    one.stalled.add(1);
    seconds(20);
    one.stalled.clear();
    seconds(20);
    assertThat(asked).hasSize(1);
    assertThat(one.fenced).isEmpty();
    one.end("a");
    seconds(10);
    assertThat(asked).containsExactly("n1 b", "n1 a");
  }

  @Test
  void whoComesBackIsHeardThoughTheLeaderHasStoppedHearing() {
    one.arm("a", "alice");
    seconds(1);
    one.end("a");
    two.stalled.add(0);
    three.arm("b", "alice");
    one.dead = true;
    seconds(60);
    two.stalled.clear();
    seconds(60);
    assertThat(commands).isEmpty();
  }

  /** The event loop that stands still may be the one that the bus comes in by. */
  @Test
  void aNodeThatHearsNobodyWhileAnInstanceStandsStillWaits() {
    twoNodes();
    two.arm("a", "alice");
    seconds(1);
    one.stalled.add(0);
    one.deaf = true;
    seconds(20);
    assertThat(asked).isEmpty();
    one.stalled.clear();
    seconds(1);
    one.deaf = false;
    seconds(60);
    assertThat(asked).isEmpty();
    assertThat(one.roster.size()).isEqualTo(1);
  }

  private void twoNodes() {
    nodes.clear();
    one = node("n1");
    two = node("n2");
    seconds(4);
  }

  @Test
  void aSessionThatWasHeardIsWatchedThoughTheWordOfItIsLost() {
    twoNodes();
    one.arm("a", "alice");
    seconds(1);
    two.arm("b", "alice");
    seconds(0.5);
    two.deaf = true;
    one.roster.heard("a", one);
    two.deaf = false;
    seconds(10);
    one.dead = true;
    seconds(30);
    assertThat(asked).containsExactly("n2 a");
  }

  @Test
  void aReportThatCrossesWithAnArmingDoesNotUndoIt() {
    twoNodes();
    one.arm("a", "alice");
    seconds(1);
    one.frozen = true;
    two.arm("b", "alice");
    one.roster.hear(new Wanted("n2", "n1"), now, one);
    one.dead = true;
    seconds(60);
    assertThat(commands).isEmpty();
  }

  @Test
  void norDoesAReportOfItsEnd() {
    twoNodes();
    one.arm("a", "alice");
    seconds(1);
    one.frozen = true;
    two.deaf = true;
    one.end("a");
    two.deaf = false;
    two.arm("b", "alice");
    one.roster.hear(new Wanted("n2", "n1"), now, one);
    one.dead = true;
    seconds(60);
    assertThat(commands).isEmpty();
  }

  @Test
  void anArmingThatIsHeardLateHasTheOlderSessionAskedToo() {
    one.arm("a", "alice");
    seconds(1);
    one.deaf = true;
    two.arm("b", "alice");
    one.deaf = false;
    seconds(5);
    assertThat(one.roster.replacedHere()).containsOnlyKeys("a");
    one.end("a");
    seconds(60);
    assertThat(asked).containsExactly("n1 a");
  }

  @Test
  void holdsNoMoreThanItMay() {
    for (int i = 0; i < Roster.MOST_OWN; i++) {
      one.arm("s" + i, "o" + i);
    }
    assertThat(one.roster.arm(new Armed("x", "o", "o", 1, 1), now, one)).isFalse();
    assertThat(one.roster.arm(new Armed("s1", "o", "o", 1, 1), now, one)).isTrue();
  }

  /** Whatever happens, who is away is cancelled for, and who has come back is not. */
  @Property(tries = 300)
  void cancelsExactlyForThoseWhoAreAway(@ForAll long seed) {
    nodes.clear();
    commands.clear();
    asked.clear();
    commandsAway = false;
    start();
    new Story(new Random(seed)).run();
  }

  /** Some owners who come, go and change nodes while nodes die and freeze. */
  private final class Story {
    private static final int OWNERS = 4;
    private final Random random;
    private final String[] session = new String[OWNERS];
    private final Node[] at = new Node[OWNERS];
    private final Set<String> abandoned = new HashSet<>();
    private final Set<String> replaced = new HashSet<>();
    private int sessions;

    Story(Random random) {
      this.random = random;
    }

    void run() {
      for (int step = 0; step < 40; step++) {
        int owner = random.nextInt(OWNERS);
        switch (random.nextInt(9)) {
          case 0, 1, 2 -> come(owner);
          case 3 -> go(owner);
          case 4 -> die();
          case 5 -> freeze();
          case 6 -> stall();
          default -> seconds(random.nextInt(12) / 4.0);
        }
        seconds(0.25);
        assertThat(commands).noneMatch(replaced::contains);
      }
      nodes.values().forEach(node -> node.frozen = false);
      for (int owner = 0; owner < OWNERS; owner++) {
        go(owner);
      }
      seconds(120);
      assertThat(commands).containsExactlyInAnyOrderElementsOf(abandoned);
    }

    /** The client notices at once, and arms again where it can, well within its grace period. */
    private void come(int owner) {
      Node to = alive();
      Node from = at[owner];
      boolean names = from != null && (from.frozen || random.nextBoolean());
      if (from != null && !from.dead && !names) {
        from.end(session[owner]);
      }
      if (from != null) {
        replaced.add(session[owner]);
      }
      String next = "s" + ++sessions;
      if (names) {
        to.replace(session[owner], next, "owner" + owner);
      } else {
        to.arm(next, "owner" + owner);
      }
      session[owner] = next;
      at[owner] = to;
    }

    private void go(int owner) {
      Node from = at[owner];
      if (from != null && !from.frozen) {
        if (!from.dead) {
          from.end(session[owner]);
        }
        abandoned.add(session[owner]);
        at[owner] = null;
        seconds(60);
      }
    }

    private Node alive() {
      List<Node> some = nodes.values().stream().filter(node -> !node.dead && !node.frozen).toList();
      return some.get(random.nextInt(some.size()));
    }

    /** Its clients go to the others. */
    private void die() {
      Node victim = alive();
      if (nodes.values().stream().filter(n -> !n.dead && !n.frozen).count() > 2) {
        victim.dead = true;
        leave(victim);
      }
    }

    private void freeze() {
      Node victim = alive();
      if (nodes.values().stream().noneMatch(n -> n.frozen || n.dead)) {
        victim.frozen = true;
        leave(victim);
        seconds(random.nextInt(40) / 2.0);
        victim.frozen = false;
        seconds(5);
        for (String gone : replaced) {
          victim.end(gone);
        }
      }
    }

    /** Its clients stay where they are. */
    private void stall() {
      Node victim = alive();
      victim.stalled.add(random.nextInt(2));
      int before = asked.size();
      seconds(random.nextInt(40) / 2.0);
      victim.stalled.clear();
      seconds(4);
      assertThat(asked).hasSize(before);
    }

    private void leave(Node victim) {
      seconds(0.5);
      for (int owner = 0; owner < OWNERS; owner++) {
        if (at[owner] == victim) {
          come(owner);
        }
      }
    }
  }
}
