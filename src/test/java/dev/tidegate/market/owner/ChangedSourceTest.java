package dev.tidegate.market.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.market.book.Shard;
import dev.tidegate.market.feed.Layout;
import dev.tidegate.market.owner.World.Node;
import dev.tidegate.market.record.Records;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * A topic that is deleted and made anew while nodes die, freeze and notice it at their own time.
 */
class ChangedSourceTest {
  @Property(tries = 300)
  void everybodyComesToTheNewSourceUnderANumberingOfItsOwn(@ForAll long seed) {
    Random random = new Random(seed);
    World world = new World(2 + random.nextInt(2), true);
    Records records = new Records(random);
    for (int i = 0; i < 500; i++) {
      act(world, random, records);
    }
    world.nodes.stream().filter(n -> n.dead).forEach(Node::boot);
    world.nodes.forEach(n -> n.frozen = false);
    world.nodes.forEach(Node::look);
    world.calm(150);
    assertThat(world.owners()).hasSize(1);
    Division division = new Division(world.layout, () -> "");
    Shard reference = new Shard(0, World.BOUNDS, () -> world.now, drop -> {});
    reference.begin("reference");
    for (int i = 0; i < world.log.size(); i++) {
      reference.apply(i, world.log.get(i));
    }
    for (Node node : world.nodes) {
      Shard has = node.replica.shard();
      assertThat(division.isElsewhere(has.epoch())).as(node.name + " " + has.epoch()).isFalse();
      assertThat(has.source()).isEqualTo(world.log.size() - 1);
      assertThat(has.symbols()).hasSameElementsAs(reference.symbols());
      for (String symbol : reference.symbols()) {
        assertThat(has.state(symbol).book()).isEqualTo(reference.state(symbol).book());
        assertThat(has.state(symbol).tradeSeq()).isEqualTo(reference.state(symbol).tradeSeq());
      }
    }
  }

  private static void act(World world, Random random, Records records) {
    Node node = world.nodes.get(random.nextInt(world.nodes.size()));
    int what = random.nextInt(100);
    if (what < 30) {
      world.log.add(records.next());
    } else if (what < 50) {
      node.read(1 + random.nextInt(5));
    } else if (what < 65) {
      node.receive(1 + random.nextInt(20));
    } else if (what < 85) {
      world.pass(50 + random.nextInt(350));
    } else if (what < 93) {
      node.look();
    } else if (what < 95) {
      node.frozen = !node.frozen;
    } else if (what < 97) {
      world.layout = new Layout(1, "topic" + random.nextInt(1_000_000));
      world.log.clear();
    } else if (node.dead) {
      node.boot();
    } else if (random.nextBoolean()) {
      node.kill(random.nextBoolean());
    }
  }

  @Test
  void whoTakesOverDoesNotContinueWhatAnotherSourceBegan() {
    World world = new World(2, true);
    world.layout = new Layout(1, "first");
    world.nodes.forEach(Node::look);
    Records records = new Records(new Random(1));
    for (int i = 0; i < 50; i++) {
      world.log.add(records.next());
    }
    world.calm(40);
    Node first = world.owners().getFirst();
    first.kill(false);
    world.layout = new Layout(1, "second");
    final List<Node> left = world.nodes.stream().filter(Node::runs).toList();
    left.forEach(Node::look);
    world.calm(40);
    assertThat(world.owners()).isEqualTo(left);
    Division division = new Division(world.layout, () -> "");
    assertThat(division.isElsewhere(left.getFirst().replica.shard().epoch())).isFalse();
  }

  @Test
  void anEpochTellsItsSource() {
    Division division = new Division(new Layout(2, "a"), () -> "k3");
    final String before = division.epoch();
    division.adopt(new Layout(4, "a"));
    assertThat(division.mayContinue(before)).isTrue();
    assertThat(division.mayContinue("k3")).as("of a node that marks none").isTrue();
    division.adopt(new Layout(2, "b"));
    assertThat(division.isElsewhere(before)).isTrue();
    assertThat(division.isElsewhere("k3")).isTrue();
    assertThat(division.isElsewhere(division.epoch())).isFalse();
    assertThat(division.mayContinue("")).isFalse();
    assertThat(new Division(Layout.fixed(8), () -> "k3").epoch()).isEqualTo("k3");
  }
}
