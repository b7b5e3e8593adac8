package dev.tidegate.stream.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidegate.bus.Markets.Channel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpReaderTest {
  private static final String GOOD =
      "{'op':'subscribe','id':1,'channels':[{'channel':'book','symbol':'BTC-USD','depth':50,"
          + "'window':100,'meta':true,'since':{'epoch':'k3','seq':128}}]}";

  private static Op read(String json) throws Refusal {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return OpReader.read(bytes, bytes.length);
  }

  private static Refusal refusal(String json) {
    return catchThrowableOfType(Refusal.class, () -> read(json));
  }

  @Test
  void readsASubscription() throws Refusal {
    Op.Subscribe subscribe = (Op.Subscribe) read(GOOD);
    assertThat(subscribe.id().intValue()).isEqualTo(1);
    assertThat(subscribe.channels())
        .containsExactly(
            new Op.Wanted(
                new Op.Key("book", Channel.BOOK, "BTC-USD", 50, ""),
                100,
                true,
                false,
                new Op.Since("k3", 128)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{ | malformed-json",
        "nonsense | malformed-json",
        "{'op':'ping'} trailing | malformed-json",
        "{'op':'ping','op':'ping'} | malformed-json",
        "[] | bad-request",
        "7 | bad-request",
        "{} | unknown-op",
        "{'op':'fly'} | unknown-op",
        "{'op':'ping','id':{}} | bad-request",
        "{'op':'ping','id':1.5} | bad-request",
        "{'op':'subscribe'} | bad-request",
        "{'op':'subscribe','channels':[]} | bad-request",
        "{'op':'subscribe','channels':[7]} | bad-request",
        "{'op':'subscribe','channels':[{'channel':'news','symbol':'X'}]} | unknown-channel",
        "{'op':'subscribe','channels':[{'channel':'book'}]} | bad-request",
        "{'op':'subscribe','channels':[{'channel':'book','symbol':5}]} | bad-request",
        "{'op':'subscribe','channels':[{'channel':'book','symbol':'X','window':7}]} | bad-request",
        "{'op':'subscribe','channels':[{'channel':'book','symbol':'X','depth':3}]} | bad-request",
        "{'op':'subscribe','channels':[{'channel':'ticker','symbol':'X','depth':5}]} | bad-request",
        "{'op':'subscribe','channels':[{'channel':'candles','symbol':'X'}]} | bad-request",
        "{'op':'subscribe','channels':[{'channel':'book','symbol':'X','windwo':7}]} | bad-request",
        "{'op':'subscribe','channels':[{'channel':'book','symbol':'X','since':1}]} | bad-request",
        "{'op':'login'} | bad-request",
        "{'op':'resume'} | bad-request",
        "{'op':'resume','token':''} | bad-request",
        "{'op':'login','token':1} | bad-request",
        "{'op':'login','token':'t','apiKey':'k'} | bad-request",
        "{'op':'login','token':'t','key':'k','time':1,'signature':'s'} | bad-request",
        "{'op':'login','time':1,'signature':'s'} | bad-request",
        "{'op':'login','key':'k','signature':'s'} | bad-request",
        "{'op':'login','key':'k','time':'1','signature':'s'} | bad-request",
        "{'op':'login','key':'k','time':12345678901234567890,'signature':'s'} | bad-request",
        "{'op':'login','key':'k','time':1} | bad-request",
        "{'op':'request'} | bad-request",
        "{'op':'request','request':7} | bad-request",
        "{'op':'request','request':''} | bad-request",
        "{'op':'heartbeat'} | bad-request",
        "{'op':'heartbeat','every':249} | bad-request",
        "{'op':'heartbeat','every':60001} | bad-request",
        "{'op':'heartbeat','every':'1000'} | bad-request",
        "{'op':'cancelOnDisconnect','grace':-1} | bad-request"
      })
  void refusesWithACode(String json, String code) {
    Refusal refusal = refusal(json);
    assertThat(refusal).as(json).isNotNull();
    assertThat(refusal.code).isEqualTo(code);
  }

  @Test
  void namesThePlaceAndWhatWasExpectedAndKeepsTheId() {
    Refusal refusal =
        refusal(
            "{'channels':[{'channel':'book','symbol':'X','window':7}],'op':'subscribe','id':'q'}");
    assertThat(refusal.detail())
        .isEqualTo("channels[0].window: expected one of [0, 10, 20, 50, 100, 250, 500, 1000]");
    assertThat(refusal.op).isEqualTo("subscribe");
    assertThat(refusal.id.textValue()).isEqualTo("q");
  }

  @Property
  void anyBytesGiveAnOpOrARefusal(@ForAll @Size(max = 200) byte[] bytes) {
    attempt(bytes);
  }

  @Property(tries = 3_000)
  void anyDamageToAGoodMessageGivesAnOpOrARefusal(
      @ForAll int place, @ForAll byte value, @ForAll boolean cut) {
    byte[] bytes = GOOD.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    int at = Math.floorMod(place, bytes.length);
    bytes[at] = value;
    attempt(cut ? java.util.Arrays.copyOf(bytes, at) : bytes);
  }

  private static void attempt(byte[] bytes) {
    try {
      assertThat(OpReader.read(bytes, bytes.length)).isNotNull();
    } catch (Refusal refusal) {
      assertThat(refusal.detail()).isNotBlank();
    }
  }

  /** Each op with no more than it needs. */
  private static final List<String> LEAN =
      List.of(
          "{'op':'ping'}",
          "{'op':'login','apiKey':'k'}",
          "{'op':'login','token':'t'}",
          "{'op':'login','key':'k','time':1,'signature':'s'}",
          "{'op':'request','request':'r'}",
          "{'op':'cancelOnDisconnect','grace':1}",
          "{'op':'cancelOnDisconnect','enabled':false}",
          "{'op':'heartbeat','every':1000}",
          "{'op':'token'}",
          "{'op':'resume','token':'t'}",
          "{'op':'subscribe','channels':[{'channel':'book','symbol':'A'}]}",
          "{'op':'subscribe','channels':[{'channel':'orders'}]}",
          "{'op':'unsubscribe','channels':[{'channel':'candles','symbol':'A','interval':'1m'}]}");

  private static final List<String> OPTIONAL =
      List.of(
          "id",
          "token",
          "apiKey",
          "key",
          "time",
          "signature",
          "request",
          "enabled",
          "account",
          "grace",
          "symbol",
          "depth",
          "interval",
          "window",
          "since",
          "meta",
          "checksum",
          "epoch");

  @Test
  void whatIsNullIsAbsent() throws Refusal {
    for (String lean : LEAN) {
      for (String field : OPTIONAL) {
        if (!lean.contains("'" + field + "'")) {
          String above = "{'" + field + "':null," + lean.substring(1);
          assertThat(read(above)).as(above).isEqualTo(read(lean));
          int channel = lean.indexOf("{'channel'") + 1;
          if (channel > 0 && WANTED.contains(field)) {
            String within =
                lean.substring(0, channel) + "'" + field + "':null," + lean.substring(channel);
            assertThat(read(within)).as(within).isEqualTo(read(lean));
          }
        }
      }
    }
  }

  private static final List<String> WANTED = OPTIONAL.subList(OPTIONAL.indexOf("symbol"), 18);
}
