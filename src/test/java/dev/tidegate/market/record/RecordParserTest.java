package dev.tidegate.market.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordParserTest {
  private final RecordParser parser = new RecordParser();

  @Test
  void readsEveryType() {
    FeedRecord snapshot =
        parse(
            "{'type':'book.snapshot','symbol':'BTC-USD','time':17,'bids':[['100.10','2.5']],"
                + "'asks':[],'sourceSeq':5,'later':{'x':[1]}}");
    assertThat(snapshot.sourceSeq()).isEqualTo(5);
    assertThat(((Snapshot) snapshot.event()).bids()).hasSize(1);
    FeedRecord delta = parse("{'type':'book.delta','symbol':'S','time':1,'asks':[['1','0']]}");
    assertThat(delta.sourceSeq()).isEqualTo(-1);
    assertThat(((Delta) delta.event()).asks().getFirst().size().isZero()).isTrue();
    Trade trade =
        (Trade)
            parse(
                    "{'type':'trade','symbol':'S','time':1,'id':'a1','price':'-1.5','size':'0.3',"
                        + "'side':'buy'}")
                .event();
    assertThat(trade.price()).hasToString("-1.5");
    Ticker ticker =
        (Ticker) parse("{'type':'ticker','symbol':'S','time':1,'bid':'1','ask':null}").event();
    assertThat(ticker.bid()).hasToString("1");
    assertThat(ticker.ask()).isNull();
    assertThat(parse("{'type':'status','symbol':'S','time':1,'state':'halted'}").event())
        .isEqualTo(new Status("halted", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|record: START_ARRAY",
        "{'type':'x','symbol':'S','time':1}|type: x",
        "{'symbol':'S','time':1}|type: missing",
        "{'type':'ticker','time':1}|symbol: missing",
        "{'type':'ticker','symbol':'','time':1}|symbol:",
        "{'type':'ticker','symbol':'S'}|time: missing",
        "{'type':'ticker','symbol':'S','time':-1}|time: -1",
        "{'type':'ticker','symbol':'S','time':1.5}|time: VALUE_NUMBER_FLOAT",
        "{'type':'ticker','symbol':'S','time':99999999999999999999}|record: not JSON",
        "{'type':'ticker','symbol':'S','time':1,'bid':1.5}|bid: VALUE_NUMBER_FLOAT",
        "{'type':'ticker','symbol':'S','time':1,'bid':'1e99'}|bid: 1e99",
        "{'type':'ticker','symbol':'S','time':1,'bid':'1e-9999999999'}|bid: 1e-9999999999",
        "{'type':'ticker','symbol':'S','time':1,'bid':'e5'}|bid: e5",
        "{'type':'book.delta','symbol':'S','time':1,'bids':[['1','-2']]}|bids: -2",
        "{'type':'book.delta','symbol':'S','time':1,'bids':[['1']]}|bids: END_ARRAY",
        "{'type':'book.delta','symbol':'S','time':1,'bids':[['1','2','3']]}|bids: VALUE_STRING",
        "{'type':'book.snapshot','symbol':'S','time':1,'bids':[]}|asks: missing",
        "{'type':'trade','symbol':'S','time':1,'id':'1','price':'1','size':'1','side':'x'}|side: x",
        "{'type':'ticker','symbol':'S','time':1}{}|record: more",
        "{'type':'ticker'|record: not JSON"
      })
  void saysWhatIsWrong(String json, String message) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @CsvSource({
    "1e-7, 0.0000001",
    "1E-8, 0.00000001",
    "0E-8, 0",
    "0e5, 0",
    "12.5e-1, 1.25",
    "1.5E3, 1500",
    "1e+2, 100",
    "2e0, 2"
  })
  void readsExponentsAsNumbersWithoutThem(String written, String plain) {
    Delta delta =
        (Delta)
            parse("{'type':'book.delta','symbol':'S','time':1,'bids':[['1','" + written + "']]}")
                .event();
    assertThat(delta.bids().getFirst().size()).hasToString(plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"buy", "Buy", "BUY", "sell", "Sell", "SELL"})
  void readsSidesInAnyCase(String side) {
    Trade trade =
        (Trade)
            parse(
                    "{'type':'trade','symbol':'S','time':1,'id':'a','price':'1','size':'1','side':'"
                        + side
                        + "'}")
                .event();
    assertThat(trade.side().text()).isEqualToIgnoringCase(side);
  }

  /** Whatever is wrong with it, and wherever: who misses a record is told. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'book.delta','symbol':'S','time':7,'bids':[['1','x']]}",
        "{'bids':[['1',['2']]],'type':'book.delta','time':7,'symbol':'S'}",
        "{'bids':[['1'],['2','3']],'asks':[[[[]]]],'type':'book.snapshot','time':7,'symbol':'S'}",
        "{'type':'book.snapshot','symbol':'S','time':7,'bids':[]}",
        "{'side':'x','price':{'a':[1]},'type':'trade','symbol':'S','time':7,'id':'1','size':'1'}",
        "{'type':'trade','symbol':'S','time':7,'id':'1','price':'1','size':'1e99','side':'buy'}",
        "{'type':{},'symbol':'S','time':7}"
      })
  void saysWhomARecordIsMissedBy(String json) {
    FeedRecord instead = instead(json);
    assertThat(instead.symbol()).isEqualTo("S");
    assertThat(instead.time()).isEqualTo(7);
    assertThat(((Status) instead.event()).is(State.DELAYED)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'ticker','symbol':'S','time':7,'bid':'x'}",
        "{'type':'status','symbol':'S','time':7,'state':'x'}",
        "{'type':'funding','symbol':'S','time':7}",
        "{'type':'trade','symbol':[],'time':7}",
        "{'type':'trade'",
        "[]"
      })
  void nobodyMissesWhatIsNeitherBookNorTradeOrHasNoSymbol(String json) {
    assertThat(instead(json)).isNull();
  }

  @Test
  void tellsASideThatIsGoneFromOneThatIsNotMentioned() {
    assertThat(parse("{'type':'ticker','symbol':'S','time':1,'bid':null,'ask':'2'}").withdrawn())
        .containsExactly(Side.BUY);
    assertThat(parse("{'type':'ticker','symbol':'S','time':1,'ask':'2'}").withdrawn()).isEmpty();
    FeedRecord both = parse("{'type':'ticker','symbol':'S','time':1,'bid':null,'ask':null}");
    assertThat(parser.parse(RecordWriter.write(both))).isEqualTo(both);
  }

  private FeedRecord instead(String json) {
    try {
      throw new AssertionError("was read: " + parse(json));
    } catch (IllegalArgumentException e) {
      return UnreadableRecord.instead(e);
    }
  }

  @Property
  void onlyRefusesWhateverComes(@ForAll byte[] bytes) {
    try {
      parser.parse(bytes);
    } catch (IllegalArgumentException expected) {
      assertThat(expected).hasMessageContaining(":");
    }
  }

  private FeedRecord parse(String json) {
    return parser.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
