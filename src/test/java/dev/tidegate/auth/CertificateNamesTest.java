package dev.tidegate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.config.Settings;
import dev.tidegate.policy.Authenticator.Verdict;
import dev.tidegate.policy.ClientCertificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose certificate is whose. */
class CertificateNamesTest {
  private static final String PRINT = "ab".repeat(32);

  private static AuthConfig config(String first, String second) {
    return Settings.of(
        AuthConfig.class,
        "{consumers: [{name: alice, certificates: ['%s']}, {name: bob, certificates: ['%s']}]}"
            .formatted(first, second));
  }

  private static Verdict verdict(AuthConfig config, String subject, String... alternatives) {
    return new ConfiguredAuthenticator(config, () -> 1_000)
        .certificate(
            new ClientCertificate(new X500Principal(subject), List.of(alternatives), 2_000, PRINT));
  }

  /**
   * RFC 4514 and RFC 5280 7.1: spelling, spaces, case and the order within one RDN do not count.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CN=desk-1,O=Acme|CN=desk-1,O=Acme|true",
        "CN=desk-1,O=Acme|cn=Desk-1, o=ACME|true",
        "CN=desk-1,O=Acme|2.5.4.3=desk-1,2.5.4.10=Acme|true",
        "CN=desk one,O=Acme|CN=desk  one ,O=Acme|true",
        "CN=a+O=b|O=b+CN=a|true",
        "CN=a\\,O=b|CN=\"a,O=b\"|true",
        "CN=a\\,O=b|CN=a,O=b|false",
        "CN=desk-1,O=Acme|O=Acme,CN=desk-1|false",
        "CN=desk-1,O=Acme|CN=desk-1|false",
        "CN=desk-1|CN=desk-1,O=Acme|false",
        "dns:Desk.acme.example|dns:desk.acme.example|true",
        "uri:spiffe://acme/desk|uri:spiffe://acme/Desk|false",
        "email:A@acme.example|email:a@acme.example|true",
        "dns:desk|uri:desk|false",
      })
  void comparesNamesAndNotTexts(String one, String other, boolean same) {
    assertThat(CertificateNames.canonical(one).equals(CertificateNames.canonical(other)))
        .isEqualTo(same);
    if (same) {
      assertThatThrownBy(() -> config(one, other))
          .hasMessageContaining("consumers[1].certificates[0]")
          .hasMessageContaining("each name once");
    } else {
      assertThat(config(one, other).consumers()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "desk-1", "CN=", "=x", "CN=a,,O=b", "dns:", "ip:10.0.0.1"})
  void refusesWhatIsNoName(String text) {
    if (text.equals("CN=")) {
      // An empty value is a name all the same.
      assertThat(CertificateNames.canonical(text)).isNotNull();
      return;
    }
    assertThatThrownBy(() -> config(text, "CN=b")).hasMessageContaining("certificates[0]");
  }

  @Test
  void namesTheConsumerBySubjectOrAlternativeName() {
    AuthConfig config = config("CN=desk-1,O=Acme", "uri:spiffe://acme/bob");
    assertThat(verdict(config, "cn=DESK-1,o=acme").identity().consumer()).isEqualTo("alice");
    Verdict bob = verdict(config, "CN=x", "dns:x", "uri:spiffe://acme/bob");
    assertThat(bob.identity().consumer()).isEqualTo("bob");
    assertThat(bob.identity().expires()).isEqualTo(2_000);
    assertThat(bob.identity().credential()).isEqualTo("key:" + PRINT.substring(0, 12));
    assertThat(verdict(config, "CN=nobody").refusal()).contains("CN=nobody");
  }

  @Test
  void believesNoCertificateOfSeveralConsumersOrOfThePast() {
    AuthConfig config = config("CN=desk-1,O=Acme", "dns:bob");
    assertThat(verdict(config, "CN=desk-1,O=Acme", "dns:bob").refusal()).contains("several");
    Verdict late =
        new ConfiguredAuthenticator(config, () -> 2_001)
            .certificate(
                new ClientCertificate(
                    new X500Principal("CN=desk-1,O=Acme"), List.of(), 2_000, PRINT));
    assertThat(late.refusal()).contains("expired");
  }
}
