package dev.tidegate.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.config.Settings;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Identity;
import dev.tidegate.rules.Rule.Credential;
import dev.tidegate.rules.Rule.Revocation;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.RuleSet;
import dev.tidegate.rules.Rules;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RevocableAuthenticatorTest {
  private static final AuthConfig CONFIG =
      Settings.of(
          AuthConfig.class,
          "{consumers: [{name: alice, key: alice-key}, {name: bob, key: bob-key}]}");

  private final Rules rules = new Rules();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private Authenticator revocable(Authenticator accepting) {
    return new RevocableAuthenticator(accepting, rules, new RuleMeters(registry));
  }

  private void revoke(Credential credential, String value, long before) {
    rules.set(
        new RuleSet(1, List.of(new Revocation("r-1", credential, value, before, "", "ops", 1, 0))));
  }

  @Test
  void refusesAKeyThatWasAcceptedBeforeAndAcceptsItAgain() {
    Authenticator authenticator = revocable(new ConfiguredAuthenticator(CONFIG, () -> 5));
    Authenticator.Verdict before = authenticator.apiKey("alice-key");
    assertThat(before.identity()).isNotNull();
    assertThat(before.identity().issuedAt()).isEqualTo(Long.MAX_VALUE);
    revoke(Credential.KEY, before.identity().credential().substring("key:".length()), 0);
    assertThat(authenticator.apiKey("alice-key").refusal()).isEqualTo("the API key was revoked");
    assertThat(authenticator.apiKey("alice-key").identity()).isNull();
    assertThat(authenticator.apiKey("bob-key").identity()).isNotNull();
    assertThat(authenticator.apiKey("wrong").refusal()).isEqualTo("the API key is not known");
    assertThat(registry.get("tidegate.rules.refusals").tag("cause", "revoked").counter().count())
        .isEqualTo(2);
    rules.set(RuleSet.EMPTY);
    assertThat(authenticator.apiKey("alice-key").identity()).isNotNull();
  }

  @Test
  void refusesARevokedToken() {
    Identity identity = new Identity("dave", "dave", "t", Set.of(), 9_000, 1_000, "jwt:t-1");
    Authenticator authenticator =
        revocable(
            new Authenticator() {
              @Override
              public Verdict apiKey(String key) {
                return new Verdict(null, "no keys");
              }

              @Override
              public Verdict bearer(String token) {
                return new Verdict(identity, null);
              }
            });
    assertThat(authenticator.bearer("x").identity()).isSameAs(identity);
    revoke(Credential.JTI, "t-1", 0);
    assertThat(authenticator.bearer("x").refusal()).isEqualTo("the token was revoked");
    revoke(Credential.SUBJECT, "dave", 1_001);
    assertThat(authenticator.bearer("x").refusal()).isEqualTo("the token was revoked");
    revoke(Credential.SUBJECT, "dave", 1_000);
    assertThat(authenticator.bearer("x").identity()).isSameAs(identity);
  }
}
