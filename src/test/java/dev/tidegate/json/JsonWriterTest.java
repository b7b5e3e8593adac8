package dev.tidegate.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  @Property(tries = 500)
  void jacksonReadsBackWhatWasWritten(@ForAll("documents") JsonNode document) throws Exception {
    JsonWriter json = new JsonWriter(1);
    write(document, json);
    assertThat(JACKSON.readTree(json.toBytes())).isEqualTo(document);
    assertThat(JACKSON.readTree(json.toString())).isEqualTo(document);
    assertThat(json.toBuffer().getBytes()).isEqualTo(json.toBytes());
  }

  @Property(tries = 500)
  void everyTextSurvivesThatUtf8CanSay(@ForAll String text) throws Exception {
    String written = new JsonWriter(1).value(text).toString();
    String sayable = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(JACKSON.readValue(written, String.class)).isEqualTo(sayable);
  }

  @Test
  void everyCharacterIsQuotedSoThatItComesBack() throws Exception {
    for (char c = 0; c < Character.MAX_VALUE; c++) {
      String text = Character.isSurrogate(c) ? "?" : String.valueOf(c);
      byte[] bytes = new byte[JsonString.room(text)];
      int end = JsonString.write(text, bytes, 0);
      String written = new String(bytes, 0, end, StandardCharsets.UTF_8);
      assertThat(JACKSON.readValue(written, String.class)).isEqualTo(text);
    }
  }

  @Test
  void textIsEscapedAsPeopleExpect() {
    assertThat(new JsonWriter().value("a\"b\\c\n\t\r\u0001é€𝄞\ud834").toString())
        .isEqualTo("\"a\\\"b\\\\c\\n\\t\\r\\u0001é€𝄞?\"");
  }

  @Test
  void fieldsWithoutAValueAreNullOrLeftOut() {
    assertThat(
            new JsonWriter()
                .object()
                .field("a", null)
                .optional("b", (String) null)
                .optional("d", (Integer) null)
                .field("c", 1)
                .end())
        .hasToString("{\"a\":null,\"c\":1}");
  }

  @Test
  void whatIsJsonAlreadyStaysAsItIs() {
    JsonWriter json = new JsonWriter().object().json("a", "[1, 2]");
    assertThat(json.json("b", "{ } ".getBytes(StandardCharsets.UTF_8)).field("c", true).end())
        .hasToString("{\"a\":[1, 2],\"b\":{ } ,\"c\":true}");
  }

  @Test
  void closesNothingThatIsNotOpen() {
    JsonWriter json = new JsonWriter().array().end();
    assertThatThrownBy(json::end).isInstanceOf(IllegalStateException.class);
  }

  private static void write(JsonNode node, JsonWriter json) {
    switch (node.getNodeType()) {
      case OBJECT -> {
        json.object();
        node.properties().forEach(field -> write(field.getKey(), field.getValue(), json));
        json.end();
      }
      case ARRAY -> {
        json.array();
        node.elements().forEachRemaining(element -> write(element, json));
        json.end();
      }
      case STRING -> json.value(node.textValue());
      case NUMBER -> json.value(node.longValue());
      case BOOLEAN -> json.value(node.booleanValue());
      default -> json.value(null);
    }
  }

  private static void write(String name, JsonNode value, JsonWriter json) {
    switch (value.getNodeType()) {
      case OBJECT -> {
        json.object(name);
        value.properties().forEach(field -> write(field.getKey(), field.getValue(), json));
        json.end();
      }
      case ARRAY -> {
        json.array(name);
        value.elements().forEachRemaining(element -> write(element, json));
        json.end();
      }
      case STRING -> json.field(name, value.textValue());
      case NUMBER -> json.field(name, value.longValue());
      case BOOLEAN -> json.field(name, value.booleanValue());
      default -> json.field(name, null);
    }
  }

  @Provide
  Arbitrary<JsonNode> documents() {
    return nodes(4).map(JsonWriterTest::asJacksonReads);
  }

  private static Arbitrary<JsonNode> nodes(int depth) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    Arbitrary<String> texts = Arbitraries.strings().excludeChars(surrogates()).ofMaxLength(8);
    Arbitrary<JsonNode> leaves =
        Arbitraries.oneOf(
            texts.map(nodes::textNode),
            Arbitraries.longs().map(nodes::numberNode),
            Arbitraries.of(true, false).map(nodes::booleanNode),
            Arbitraries.just(nodes.nullNode()));
    if (depth == 0) {
      return leaves;
    }
    Arbitrary<JsonNode> inner = nodes(depth - 1);
    Arbitrary<JsonNode> arrays =
        inner.list().ofMaxSize(3).map(list -> nodes.arrayNode().addAll(list));
    Arbitrary<JsonNode> objects =
        Arbitraries.maps(texts, inner)
            .ofMaxSize(3)
            .map((Map<String, JsonNode> map) -> nodes.objectNode().setAll(map));
    return Arbitraries.oneOf(leaves, arrays, objects);
  }

  private static char[] surrogates() {
    char[] all = new char[Character.MAX_LOW_SURROGATE - Character.MIN_HIGH_SURROGATE + 1];
    for (int i = 0; i < all.length; i++) {
      all[i] = (char) (Character.MIN_HIGH_SURROGATE + i);
    }
    return all;
  }

  /** Small numbers are ints there, not longs. */
  private static JsonNode asJacksonReads(JsonNode node) {
    try {
      return JACKSON.readTree(JACKSON.writeValueAsBytes(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
