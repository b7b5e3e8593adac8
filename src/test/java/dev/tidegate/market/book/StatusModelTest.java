package dev.tidegate.market.book;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.UnreadableRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * What the venue says of itself and what we doubt are two facts: whatever comes in whatever order,
 * the status tells both, and a replica made from the state at any time goes on alike.
 */
class StatusModelTest {
  private static final ShardBounds BOUNDS = new ShardBounds(50, 50, 5, 300_000, 400, 40, 1000, 100);

  /** The two facts, kept in the plainest way. */
  private static final class Model {
    State venue = State.LIVE;
    boolean doubt;
    boolean late;
    boolean book;

    void check(Status said) {
      State shown = venue == State.LIVE && (doubt || late) ? State.DELAYED : venue;
      if (!late || doubt) {
        assertThat(said.state()).isEqualTo(shown.text());
      }
      assertThat(said.is(State.LIVE)).isEqualTo(venue == State.LIVE && !doubt && !late);
      if (venue == State.HALTED && doubt && !late) {
        assertThat(said.delayed()).isNotEmpty();
      }
      if (!doubt) {
        assertThat(said.delayed()).isEmpty();
      }
    }
  }

  @Property(tries = 1_000)
  void theStatusTellsBoth(@ForAll long seed) {
    Random random = new Random(seed);
    boolean hasBook = random.nextBoolean();
    SymbolSequencer owner = new SymbolSequencer("A", BOUNDS);
    SymbolSequencer replica = null;
    Model model = new Model();
    long number = 0;
    long time = 1_700_000_000_000_000L;
    for (int i = 0; i < 60; i++) {
      Event event = event(random, hasBook);
      time += 1_000;
      boolean hole = i > 0 && random.nextInt(6) == 0;
      boolean again = i > 0 && !hole && random.nextInt(12) == 0;
      number = again ? 1 : number + (hole ? 3 : 1);
      step(model, event, hole || again);
      List<Update> said = new ArrayList<>();
      FeedRecord record = new FeedRecord("A", time, number, event);
      if (!owner.apply(record, 0, said::add)) {
        return; // the same number again at the very beginning
      }
      model.check(owner.status());
      if (replica != null) {
        List<Update> alike = new ArrayList<>();
        replica.apply(record, 0, alike::add);
        assertThat(alike).isEqualTo(said);
      }
      if (replica == null && random.nextInt(20) == 0) {
        replica = SymbolSequencer.of(owner.state(0, "e", 1), BOUNDS, 0);
      }
    }
  }

  private static void step(Model model, Event event, boolean hole) {
    boolean begins = event instanceof Delta && !model.book; // a book without a snapshot
    boolean snapshot = event instanceof Snapshot;
    if (hole && !snapshot) {
      model.doubt = true;
    } else if (model.doubt && !model.book && !(event instanceof Status)) {
      model.doubt = false;
      model.late = false;
    }
    if (begins) {
      model.doubt = true;
      model.book = true;
    }
    switch (event) {
      case Snapshot s -> {
        model.doubt = false;
        model.late = false;
        model.book = true;
      }
      case Status s when s.detail().startsWith(UnreadableRecord.DOUBT) -> model.doubt = true;
      case Status s when s.is(State.DELAYED) -> {
        model.late = true;
        model.doubt &= model.book;
      }
      case Status s -> {
        model.venue = s.is(State.LIVE) ? State.LIVE : State.HALTED;
        model.late = false;
        model.doubt &= model.book;
      }
      default -> {}
    }
  }

  private static Event event(Random random, boolean hasBook) {
    Decimal one = Decimal.of("1");
    List<Level> level = List.of(new Level(one, one));
    return switch (random.nextInt(8)) {
      case 0 -> hasBook ? new Snapshot(level, List.of()) : new Trade("t", one, one, Side.BUY);
      case 1 -> new Status(State.HALTED, "auction");
      case 2 -> new Status(State.LIVE, "");
      case 3 -> new Status(State.DELAYED, UnreadableRecord.DOUBT + "x");
      case 4 -> hasBook ? new Delta(level, List.of()) : new Trade("t", one, one, Side.BUY);
      default -> new Trade("t", one, one, Side.SELL);
    };
  }
}
