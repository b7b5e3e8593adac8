package dev.tidegate.command.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.bus.Commands.Header;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.command.log.CommandRecords.Report;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandRecordsTest {
  @Test
  void aJsonBodyStandsThereByteForByte() {
    assertThat(
            text(CommandRecords.command("id-1", submit("application/json", "{\"p\": 100.10}"), 5)))
        .isEqualTo(
            "{\"id\":\"id-1\",\"consumer\":\"alice\",\"account\":\"a\\\"1\",\"route\":\"orders\","
                + "\"method\":\"POST\",\"path\":\"/v1/orders\","
                + "\"headers\":{\"content-type\":\"application/json\",\"traceparent\":\"00-1\"},"
                + "\"body\":{\"p\": 100.10},\"acceptedAt\":5,\"deadline\":9}");
  }

  @Test
  void anotherBodyIsBase64AndNoBodyIsNull() {
    assertThat(text(CommandRecords.command("i", submit("text/plain", "hi"), 5)))
        .contains("\"body\":\"aGk=\"");
    assertThat(text(CommandRecords.command("i", submit("application/json", ""), 5)))
        .contains("\"body\":null");
  }

  @Test
  void knowsJsonTypes() {
    assertThat(CommandRecords.isJson("application/json; charset=utf-8")).isTrue();
    assertThat(CommandRecords.isJson("application/vnd.x+JSON")).isTrue();
    assertThat(CommandRecords.isJson("text/json-like")).isFalse();
    assertThat(CommandRecords.isJson("")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", " [1, 2.50] ", "\"ü\"", "12", "null", "true"})
  void oneValueIsWellFormed(String body) {
    assertThat(CommandRecords.malformed(bytes(body))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "{", "{}x", "{} {}", "{'a':1}", "01", "nul", "{\"a\":}", "\uFEFF{}"})
  void rubbishIsNot(String body) {
    assertThat(CommandRecords.malformed(bytes(body))).isNotNull();
  }

  @Test
  void otherEncodingsAreNotJsonHere() {
    assertThat(CommandRecords.malformed("{}".getBytes(StandardCharsets.UTF_16BE))).isNotNull();
    assertThat(CommandRecords.malformed("{}".getBytes(StandardCharsets.UTF_16LE))).isNotNull();
    assertThat(CommandRecords.malformed(new byte[] {'"', (byte) 0xC3, '"'})).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"p\":100.10,\"n\":[1]}", "[]", "\"a\\\"b\"", "100.10", "null", "true"})
  void aResultKeepsItsBody(String body) {
    Report report = new Report("i", Status.COMPLETED, new Result(201, bytes(body)), 7);
    Report read = CommandRecords.report(CommandRecords.result(report));
    assertThat(read.id()).isEqualTo("i");
    assertThat(read.status()).isEqualTo(Status.COMPLETED);
    assertThat(read.time()).isEqualTo(7);
    assertThat(read.result().status()).isEqualTo(201);
    assertThat(text(read.result().body())).isEqualTo(body);
  }

  @Test
  void readsWhatOthersWrite() {
    Report read =
        CommandRecords.report(
            bytes(
                "{ \"more\":{\"id\":1}, \"status\":\"processing\", \"result\":null, \"id\":\"i\" }"));
    assertThat(read).isEqualTo(new Report("i", Status.PROCESSING, null, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"id\":\"i\"}",
        "{\"status\":\"completed\"}",
        "{\"id\":\"i\",\"status\":\"accepted\"}",
        "{\"id\":\"i\",\"status\":\"completed\",\"result\":{\"status\":7}}",
        "{\"id\":\"i\",\"status\":\"completed\",\"result\":[]}",
        "{\"id\":\"i\",\"status\":\"completed\""
      })
  void anUnreadableResultSaysSo(String value) {
    assertThatThrownBy(() -> CommandRecords.report(bytes(value)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Submit submit(String contentType, String body) {
    return new Submit(
        "alice",
        "a\"1",
        "orders",
        "commands",
        "orders",
        "POST",
        "/v1/orders",
        null,
        List.of(new Header("Content-Type", "ignored"), new Header("traceparent", "00-1")),
        contentType,
        bytes(body),
        9);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
