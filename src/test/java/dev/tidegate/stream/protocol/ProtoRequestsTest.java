package dev.tidegate.stream.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidegate.testing.ProtoRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests in Protobuf, written by another library: they mean what their JSON twins mean. */
class ProtoRequestsTest {
  private static final String GOOD =
      "{'op':'subscribe','id':7,'channels':[{'channel':'book','symbol':'BTC-€','depth':50,"
          + "'window':100,'meta':true,'since':{'epoch':'e1','seq':128}},{'channel':'candles',"
          + "'symbol':'*','interval':'1m','checksum':true},{'channel':'orders'}]}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        GOOD,
        "{'op':'subscribe','channels':[{'channel':'trades','symbol':'X','since':{'epoch':'','seq':0}}]}",
        "{'op':'unsubscribe','id':'x','channels':[{'channel':'book','symbol':'X'}]}",
        "{'op':'login','id':-3,'token':'t'}",
        "{'op':'login','apiKey':'k'}",
        "{'op':'login','id':4,'key':'k-1','time':1700000000000,'signature':'3q2+7w=='}",
        "{'op':'request','id':9,'request':'0198c0c4-6b7a-7000-8000-000000000000'}",
        "{'op':'ping'}",
        "{'op':'token','id':4}",
        "{'op':'resume','id':5,'token':'abc'}",
        "{'op':'ping','id':9223372036854775807}",
        "{'op':'cancelOnDisconnect','id':1,'grace':600000,'account':'a'}",
        "{'op':'cancelOnDisconnect','enabled':false}",
        "{'op':'heartbeat','id':'b','every':1000}",
        "{'op':'heartbeat','every':0}",
        "{'op':'cancelOnDisconnect','grace':5,'replaces':'n1-0-7-x'}",
      })
  void meansWhatItsTwinMeans(String quoted) throws Refusal {
    String json = quoted.replace('\'', '"');
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    byte[] binary = ProtoRequest.of(json);
    assertThat(OpReader.readBinary(binary, binary.length).toString())
        .isEqualTo(OpReader.read(text, text.length).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'op':'subscribe','id':3,'channels':[]}",
        "{'op':'subscribe','channels':[{'channel':'news','symbol':'X'}]}",
        "{'op':'subscribe','channels':[{'channel':'book','symbol':'X','window':7}]}",
        "{'op':'subscribe','channels':[{'channel':'ticker','symbol':'X','depth':5}]}",
        "{'op':'login'}",
        "{'op':'login','key':'k-1','apiKey':'k'}",
        "{'op':'login','key':'k-1','time':5}",
        "{'op':'login','key':'k-1','signature':'3q2+7w=='}",
        "{'op':'request','id':9}",
        "{'op':'cancelOnDisconnect','grace':600001}",
      })
  void isRefusedAsItsTwinIs(String quoted) {
    String json = quoted.replace('\'', '"');
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    byte[] binary = ProtoRequest.of(json);
    Refusal expected = catchThrowableOfType(Refusal.class, () -> OpReader.read(text, text.length));
    Refusal refusal =
        catchThrowableOfType(Refusal.class, () -> OpReader.readBinary(binary, binary.length));
    assertThat(refusal.code).isEqualTo(expected.code);
    assertThat(refusal.detail()).isEqualTo(expected.detail());
    assertThat(String.valueOf(refusal.id)).isEqualTo(String.valueOf(expected.id));
  }

  @Test
  void twoOpsInOneRequestAreRefused() {
    byte[] one = ProtoRequest.of("{\"op\":\"ping\",\"id\":1}");
    byte[] two = Arrays.copyOf(one, one.length * 2);
    System.arraycopy(one, 0, two, one.length, one.length);
    Refusal refusal =
        catchThrowableOfType(Refusal.class, () -> OpReader.readBinary(two, two.length));
    assertThat(refusal.code).isEqualTo(Refusal.BAD_REQUEST);
    assertThat(refusal.id).hasToString("1");
  }

  @Test
  void aRefusalHasTheIdAsSoonAsItWasRead() {
    byte[] whole = ProtoRequest.of(GOOD.replace('\'', '"'));
    int refused = 0;
    for (int length = 2; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      Refusal refusal =
          catchThrowableOfType(Refusal.class, () -> OpReader.readBinary(cut, cut.length));
      if (refusal != null) {
        refused++;
        assertThat(refusal.id).as("cut at " + length).hasToString("7");
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 2);
  }

  @Test
  void skipsFieldsThatItDoesNotKnow() throws Refusal {
    byte[] ping = ProtoRequest.of("{\"op\":\"ping\",\"id\":1}");
    byte[] more = Arrays.copyOf(ping, ping.length + 4);
    more[ping.length] = (byte) 0xF8; // field 127, a varint
    more[ping.length + 1] = 0x07;
    more[ping.length + 2] = (byte) 0x96;
    more[ping.length + 3] = 0x01;
    assertThat(OpReader.readBinary(more, more.length)).isInstanceOf(Op.Ping.class);
  }

  @Test
  void whatIsNoProtobufIsRefusedByThatName() {
    byte[] json = "{\"op\":\"ping\"}".getBytes(StandardCharsets.UTF_8);
    Refusal refusal =
        catchThrowableOfType(Refusal.class, () -> OpReader.readBinary(json, json.length));
    assertThat(refusal.code).isEqualTo(Refusal.UNREADABLE);
    assertThat(refusal.nonsense()).isTrue();
  }

  @Property(tries = 3_000)
  void anyBytesGiveAnOpOrARefusal(@ForAll @Size(max = 200) byte[] bytes) {
    attempt(bytes);
  }

  @Property(tries = 5_000)
  void anyDamageToAGoodRequestGivesAnOpOrARefusal(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = ProtoRequest.of(GOOD.replace('\'', '"'));
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    attempt(random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length)));
  }

  private static void attempt(byte[] bytes) {
    try {
      assertThat(OpReader.readBinary(bytes, bytes.length)).isNotNull();
    } catch (Refusal refusal) {
      assertThat(refusal.detail()).isNotBlank();
    }
  }
}
