package dev.tidegate.stream.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.testing.Schema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

  /** Each op with as little as it needs, and with all that there is. */
  private static final List<String> EXAMPLES =
      List.of(
          "{'op':'ping'}",
          "{'op':'ping','id':1}",
          "{'op':'login','apiKey':'k'}",
          "{'op':'login','token':'t','id':'a'}",
          "{'op':'login','key':'k','time':1,'signature':'s'}",
          "{'op':'request','request':'r','id':2}",
          "{'op':'cancelOnDisconnect','grace':1}",
          "{'op':'cancelOnDisconnect','enabled':false}",
          "{'op':'heartbeat','every':1000,'id':3}",
          "{'op':'cancelOnDisconnect','enabled':true,'grace':5,'account':'a','replaces':'s'}",
          "{'op':'token'}",
          "{'op':'resume','token':'t'}",
          "{'op':'subscribe','channels':[{'channel':'book','symbol':'A'}]}",
          "{'op':'subscribe','channels':[{'channel':'orders'}]}",
          "{'op':'subscribe','channels':[{'channel':'candles','symbol':'A','interval':'1m'}]}",
          "{'op':'subscribe','channels':[{'channel':'ticker','symbol':'A'},{'channel':'book',"
              + "'symbol':'A','depth':5,'window':100,'meta':true,'checksum':true,"
              + "'since':{'epoch':'e','seq':7}}],'id':3}",
          "{'op':'unsubscribe','channels':[{'channel':'candles','symbol':'A','interval':'1m'}]}",
          "{'op':'unsubscribe','channels':[{'channel':'book','symbol':'A','depth':5,'window':100,"
              + "'meta':true,'checksum':true,'since':{'epoch':'e','seq':7}}]}");

  @Test
  void everyOpWithEachOfItsFieldsIsAmongTheExamples() throws Exception {
    Map<String, Set<String>> shown = new TreeMap<>();
    for (String example : EXAMPLES) {
      JsonNode root = tree(example);
      shown.computeIfAbsent(root.path("op").asText(), k -> new TreeSet<>()).addAll(names(root));
    }
    Map<String, Set<String>> known = new TreeMap<>();
    FieldDescriptor ping = Schema.message("Request").findFieldByName("ping");
    for (FieldDescriptor op : ping.getContainingOneof().getFields()) {
      Set<String> names = new TreeSet<>(Set.of("op"));
      names(op.getMessageType(), names);
      known.put(op.getJsonName(), names);
    }
    assertThat(shown.keySet()).isEqualTo(known.keySet());
    assertThat(known.keySet()).hasSameSizeAs(Op.class.getPermittedSubclasses());
    known.forEach((op, names) -> assertThat(shown.get(op)).as(op).containsAll(names));
  }

  private static void names(Descriptor type, Set<String> into) {
    for (FieldDescriptor field : type.getFields()) {
      into.add(field.getJsonName());
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        names(field.getMessageType(), into);
      }
    }
  }

  /** Of all fields in the tree. */
  private static Set<String> names(JsonNode tree) {
    Set<String> names = new TreeSet<>();
    tree.properties().forEach(field -> names.add(field.getKey()));
    tree.forEach(below -> names.addAll(names(below)));
    return names;
  }

  @Test
  void whatIsNullIsAbsent() throws Exception {
    Set<String> all = new TreeSet<>();
    for (String example : EXAMPLES) {
      all.addAll(names(tree(example)));
    }
    for (String example : EXAMPLES) {
      List<JsonNode> places = new ArrayList<>();
      objects(tree(example), places);
      for (int place = 0; place < places.size(); place++) {
        for (String field : all) {
          JsonNode isNull = tree(example);
          JsonNode isAbsent = tree(example);
          ((ObjectNode) at(isNull, place)).putNull(field);
          ((ObjectNode) at(isAbsent, place)).remove(field);
          if (knows(places.get(place), field)) {
            assertThat(outcome(isNull)).as("" + isNull).isEqualTo(outcome(isAbsent));
          }
        }
      }
    }
  }

  /** A channel says that it does not know a field; elsewhere what is unknown is passed over. */
  private static boolean knows(JsonNode object, String field) {
    return !object.has("channel")
        || Schema.message("Channel").getFields().stream()
            .anyMatch(known -> known.getJsonName().equals(field));
  }

  private static void objects(JsonNode tree, List<JsonNode> into) {
    if (tree.isObject()) {
      into.add(tree);
    }
    tree.forEach(below -> objects(below, into));
  }

  private static JsonNode at(JsonNode tree, int place) {
    List<JsonNode> places = new ArrayList<>();
    objects(tree, places);
    return places.get(place);
  }

  private static JsonNode tree(String json) throws JsonProcessingException {
    return new ObjectMapper().readTree(json.replace('\'', '"'));
  }

  /** What is read, or why not. */
  private static Object outcome(JsonNode request) {
    try {
      return read(request.toString());
    } catch (Refusal refusal) {
      return List.of(refusal.code, refusal.detail(), refusal.op, String.valueOf(refusal.id));
    }
  }
}
