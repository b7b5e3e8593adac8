package dev.tidegate.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.auth.AuthConfig;
import dev.tidegate.auth.ConfiguredAuthenticator;
import dev.tidegate.auth.RevocableAuthenticator;
import dev.tidegate.config.Settings;
import dev.tidegate.rules.Rule;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.RuleSet;
import dev.tidegate.rules.Rules;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.StreamClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real listener with a configured key, and clients that sign for it, in JSON and in Protobuf. */
class SignedLoginIT {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final Rules rules = new Rules();
  private KeyPair pair;
  private TestStream stream;
  private String url;

  @BeforeEach
  void start() throws Exception {
    pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----";
    String auth =
        "{consumers: [{name: alice, signingKeys: [{id: alice-desk-1, publicKey: \""
            + pem.replace("\n", "\\n")
            + "\"}]}]}";
    RevocableAuthenticator authenticator =
        new RevocableAuthenticator(
            new ConfiguredAuthenticator(
                Settings.of(AuthConfig.class, auth), System::currentTimeMillis),
            rules,
            new RuleMeters(new SimpleMeterRegistry()));
    stream = new TestStream(authenticator, rules);
    url = stream.start("").url();
  }

  @AfterEach
  void stop() {
    stream.close();
  }

  private String login(long time, String session) throws Exception {
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    String text = "tidegate.v1.login\nalice-desk-1\n" + time + "\n" + session;
    signer.update(text.getBytes(StandardCharsets.UTF_8));
    return "{\"op\":\"login\",\"id\":4,\"key\":\"alice-desk-1\",\"time\":"
        + time
        + ",\"signature\":\""
        + Base64.getEncoder().encodeToString(signer.sign())
        + "\"}";
  }

  private static JsonNode await(StreamClient client, int replies) throws Exception {
    Await.await("an answer", SOON, () -> client.replies().size() >= replies);
    return client.replies().get(replies - 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSignatureLogsInOnItsOwnSessionUntilItsKeyIsRevoked(boolean protobuf) throws Exception {
    try (StreamClient alice = new StreamClient("alice", null, protobuf);
        StreamClient thief = new StreamClient("thief", null, protobuf)) {
      alice.connect(url);
      thief.connect(url);
      String session = await(alice, 1).path("session").asText();
      await(thief, 1);
      String login = login(System.currentTimeMillis(), session);
      thief.send(login);
      JsonNode refused = await(thief, 2);
      assertThat(refused.path("code").asText()).isEqualTo("unauthenticated");
      assertThat(refused.path("detail").asText()).startsWith("login: the key is not known, or");
      alice.send(login);
      JsonNode loggedIn = await(alice, 2);
      assertThat(loggedIn.path("op").asText()).isEqualTo("loggedIn");
      assertThat(loggedIn.path("consumer").asText()).isEqualTo("alice");

      thief.send(login(System.currentTimeMillis() - 60_000, "any"));
      assertThat(await(thief, 3).path("detail").asText())
          .startsWith("login: the time is more than 10000 ms from the gateway's");

      rules.set(new RuleSet(1, List.of(revocation())));
      Await.await("alice is sent away", SOON, () -> alice.closeCode() == 4502);
      alice.connect(url);
      String next = await(alice, 3).path("session").asText(); // no new message came before
      assertThat(next).isNotEqualTo(session);
      alice.send(login(System.currentTimeMillis(), next));
      assertThat(await(alice, 4).path("detail").asText())
          .isEqualTo("login: the signing key was revoked");
    }
  }

  /** printf %s alice-desk-1 | sha256sum. */
  private static Rule revocation() {
    return new Rule.Revocation(
        "r-1", Rule.Credential.KEY, "8df182eb8929", 0, "stolen", "ops", 1, 0);
  }
}
