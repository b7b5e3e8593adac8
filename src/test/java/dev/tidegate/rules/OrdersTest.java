package dev.tidegate.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.rules.Rule.Ban;
import dev.tidegate.rules.Rule.Credential;
import dev.tidegate.rules.Rule.Revocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrdersTest {
  private static final long NOW = 1_700_000_000_000L;

  private static Ban ban(String text) {
    return Orders.ban(text, "ops", NOW);
  }

  private static Revocation revocation(String text) {
    return Orders.revocation(text, "ops", NOW);
  }

  @Test
  void readsABan() {
    Ban ban = ban("{\"address\":\"203.0.113.9/24\",\"reason\":\"crawls\",\"seconds\":600}");
    assertThat(ban.address()).isEqualTo("203.0.113.0/24");
    assertThat(ban.consumer()).isNull();
    assertThat(ban.describe()).isEqualTo("banned: crawls");
    assertThat(ban.expiresAt()).isEqualTo(NOW + 600_000);
    assertThat(ban.id()).startsWith("b-");
    assertThat(ban("{\"consumer\":\"alice\"}").expiresAt()).isZero();
  }

  @Test
  void givesTheSameTargetTheSameId() {
    assertThat(ban("{\"address\":\"10.0.0.7/8\"}").id())
        .isEqualTo(ban("{\"address\":\"10.0.0.0/8\",\"seconds\":5}").id())
        .isNotEqualTo(ban("{\"address\":\"10.0.0.0/9\"}").id())
        .isNotEqualTo(ban("{\"consumer\":\"10.0.0.0/8\"}").id());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                         | body (expected
          nonsense                                   | body (expected
          {"address":"1.2.3.4"                       | body (expected
          {"address":"1.2.3.4"} {}                   | body (expected
          {"address":"1.2.3.4","address":"1.2.3.5"}  | body (expected
          []                                         | body (expected a JSON object
          null                                       | body (expected a JSON object
          7                                          | body (expected a JSON object
          {}                                         | body (expected one of address, consumer
          {"address":"1.2.3.4","consumer":"alice"}   | body (expected one of address, consumer
          {"addr":"1.2.3.4"}                         | addr: not known (expected only address,
          {"address":7}                              | address (expected a line
          {"address":null}                           | address (expected a line
          {"address":""}                             | address (expected a line
          {"address":"localhost"}                    | address: localhost (expected an address
          {"address":"1.2.3.4/40"}                   | address: 1.2.3.4/40 (expected an address
          {"address":"0.0.0.0/0"}                    | address: 0.0.0.0/0 (expected /8 or narrower
          {"address":"::/8"}                         | address: ::/8 (expected /16 or narrower
          {"consumer":"  "}                          | consumer (expected a line
          {"consumer":["alice"]}                     | consumer (expected a line
          {"consumer":"a\\nb"}                       | consumer (expected a line
          {"consumer":"alice","seconds":0}           | seconds (expected 1..
          {"consumer":"alice","seconds":1.5}         | seconds (expected 1..
          {"consumer":"alice","seconds":"600"}       | seconds (expected 1..
          {"consumer":"alice","seconds":99999999999} | seconds (expected 1..
          {"consumer":"alice","reason":5}            | reason (expected a line
          """)
  void saysWhatItExpectedOfABan(String text, String message) {
    assertThatThrownBy(() -> ban(text == null ? "" : text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void boundsWhatItRepeats() {
    assertThatThrownBy(() -> ban("{\"" + "x".repeat(5_000) + "\":1}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("xxx")
        .message()
        .hasSizeLessThan(200);
  }

  @Test
  void readsRevocations() {
    assertThat(revocation("{\"consumer\":\"alice\"}").credential()).isEqualTo(Credential.CONSUMER);
    Revocation key = revocation("{\"key\":\"key:0123456789AB\",\"reason\":\"leaked\"}");
    assertThat(key.value()).isEqualTo("0123456789ab");
    assertThat(key.describe()).isEqualTo("credentials were revoked: leaked");
    assertThat(revocation("{\"jti\":\"t-1\",\"seconds\":5}").expiresAt()).isEqualTo(NOW + 5_000);
    assertThat(revocation("{\"jti\":\"t-1\"}").issuedBefore()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"subject":"alice"}                                          | 1700000000000
          {"subject":"alice","issuedBefore":1600000000}                | 1600000000000
          {"subject":"alice","issuedBefore":"2020-09-13T12:26:40Z"}    | 1600000000000
          """)
  void readsWhenTokensWereIssued(String text, long before) {
    assertThat(revocation(text).issuedBefore()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"reason\":\"x\"}",
        "{\"consumer\":\"a\",\"jti\":\"b\"}",
        "{\"key\":\"alice-key\"}",
        "{\"key\":\"0123\"}",
        "{\"jti\":7}",
        "{\"jti\":\"x\",\"issuedBefore\":5}",
        "{\"subject\":\"a\",\"issuedBefore\":\"yesterday\"}",
        "{\"subject\":\"a\",\"issuedBefore\":true}",
        "{\"subject\":\"a\",\"issuedBefore\":-5}",
        "{\"subject\":\"a\",\"issuedBefore\":1.5}",
        "{\"subject\":\"a\",\"issuedBefore\":99999999999999999999}",
        "{\"subject\":\"a\",\"issuedBefore\":\"2999-01-01T00:00:00Z\"}",
        "{\"subject\":\"a\",\"issuedBefore\":\"+1000000000-12-31T23:59:59Z\"}"
      })
  void saysWhatItExpectedOfARevocation(String text) {
    assertThatThrownBy(() -> revocation(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  @Test
  void readsLimits() {
    TierLimits before = new TierLimits(5, 6, 7, 8, 9);
    assertThat(Orders.limits("{\"subscriptions\":3,\"framesPerSecond\":null}", before))
        .isEqualTo(new TierLimits(5, 6, 3, 8, null));
    assertThat(Orders.limits("{\"messagesPerSecond\":0}", TierLimits.NONE))
        .isEqualTo(new TierLimits(null, null, null, 0, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                             | body (expected at least one of connectionsPerUser,
          {"subscriptions":0}            | subscriptions (expected 1..100000)
          {"subscriptions":100001}       | subscriptions (expected 1..100000)
          {"messagesPerSecond":-1}       | messagesPerSecond (expected 0..1000000)
          {"messagesPerSecond":1000001}  | messagesPerSecond (expected 0..1000000)
          {"messagesPerSecond":1e3}      | messagesPerSecond (expected 0..1000000)
          {"framesPerSecond":"7"}        | framesPerSecond (expected 0..1000000)
          {"subscriptions":"x"}          | subscriptions (expected 1..100000)
          {"rank":3}                     | rank: not known (expected only connectionsPerUser,
          """)
  void saysWhatItExpectedOfLimits(String text, String message) {
    assertThatThrownBy(() -> Orders.limits(text, TierLimits.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
