package dev.tidegate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.config.Settings;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Authenticator.Signed;
import dev.tidegate.policy.Identity;
import dev.tidegate.rules.Rule.Credential;
import dev.tidegate.rules.Rule.Revocation;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.RuleSet;
import dev.tidegate.rules.Rules;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedLoginTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final String SESSION = "n1-0-abc-7";
  private static final String UNPROVEN =
      "the key is not known, or the signature is not its for this session";
  private static final String STALE =
      "the time is more than 10000 ms from the gateway's (expected milliseconds since the epoch)";

  private static final KeyPair PAIR = pair("Ed25519");
  private static final KeyPair OTHER = pair("Ed25519");

  private final long[] now = {NOW};
  private final ConfiguredAuthenticator authenticator =
      new ConfiguredAuthenticator(config(pem(PAIR.getPublic()), ""), () -> now[0]);

  private static KeyPair pair(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  private static String raw(PublicKey key) {
    byte[] whole = key.getEncoded();
    return Base64.getEncoder()
        .encodeToString(Arrays.copyOfRange(whole, whole.length - 32, whole.length));
  }

  private static AuthConfig config(String publicKey, String more) {
    return Settings.of(
        AuthConfig.class,
        """
        consumers:
          - name: alice
            account: acc-1
            tier: gold
            scopes: [trade]
            signingKeys: [{id: k-1, publicKey: "%s"}, {id: k-2, publicKey: "%s"}]
          - {name: bob, key: bob-key}
        %s
        """
            .formatted(publicKey.replace("\n", "\\n"), raw(OTHER.getPublic()), more));
  }

  private static byte[] sign(KeyPair pair, String text) {
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(pair.getPrivate());
      signer.update(text.getBytes(StandardCharsets.UTF_8));
      return signer.sign();
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String login(KeyPair pair, String key, long time, String session) {
    byte[] signature = sign(pair, "tidegate.v1.login\n" + key + "\n" + time + "\n" + session);
    return Base64.getEncoder().encodeToString(signature);
  }

  private String refusal(String key, long time, String signature, String session) {
    Authenticator.Verdict verdict =
        authenticator.signature(new Signed(key, time, signature, session));
    assertThat(verdict.identity()).isNull();
    return verdict.refusal();
  }

  @Test
  void knowsWhoSigned() {
    byte[] signature = sign(PAIR, "tidegate.v1.login\nk-1\n" + NOW + "\n" + SESSION);
    for (String text :
        List.of(
            Base64.getEncoder().encodeToString(signature),
            Base64.getEncoder().withoutPadding().encodeToString(signature),
            Base64.getUrlEncoder().encodeToString(signature),
            HexFormat.of().formatHex(signature),
            HexFormat.of().withUpperCase().formatHex(signature))) {
      Identity alice = authenticator.signature(new Signed("k-1", NOW, text, SESSION)).identity();
      assertThat(alice.consumer()).isEqualTo("alice");
      assertThat(alice.account()).isEqualTo("acc-1");
      assertThat(alice.tier()).isEqualTo("gold");
      assertThat(alice.scopes()).containsExactly("trade");
      assertThat(alice.expires()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void takesWhatAnotherLibraryHasSigned() {
    // Python's "cryptography" 48, with the secret key 9d61b19d... of RFC 8032, 7.1, test 1.
    AuthConfig config =
        Settings.of(
            AuthConfig.class,
            "{consumers: [{name: carol, signingKeys: [{id: rfc, publicKey: "
                + "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=}]}]}");
    Signed login =
        new Signed(
            "rfc",
            NOW,
            "e6kVM5I8CpHrdvSsz1Jfe+AVlslw1477lXgEjeaq4fxBtiAtno90zRalz+i66xbZQSWaE9z50Ls08YBT/kwEDA==",
            SESSION);
    assertThat(new ConfiguredAuthenticator(config, () -> NOW).signature(login).identity())
        .isNotNull();
  }

  @Test
  void isGoodForOneSessionOneMomentAndOneKeyOnly() {
    String good = login(PAIR, "k-1", NOW, SESSION);
    assertThat(refusal("k-1", NOW, good, "n1-0-abc-8")).isEqualTo(UNPROVEN);
    assertThat(refusal("k-1", NOW + 1, good, SESSION)).isEqualTo(UNPROVEN);
    assertThat(refusal("k-2", NOW, good, SESSION)).isEqualTo(UNPROVEN);
    assertThat(refusal("k-1", NOW, login(OTHER, "k-1", NOW, SESSION), SESSION)).isEqualTo(UNPROVEN);
    String purposeless =
        Base64.getEncoder().encodeToString(sign(PAIR, "k-1\n" + NOW + "\n" + SESSION));
    assertThat(refusal("k-1", NOW, purposeless, SESSION)).isEqualTo(UNPROVEN);
  }

  @Test
  void doesNotTellAnUnknownKeyFromAWrongSignature() {
    assertThat(refusal("k-9", NOW, login(PAIR, "k-9", NOW, SESSION), SESSION)).isEqualTo(UNPROVEN);
    assertThat(refusal("", NOW, login(PAIR, "", NOW, SESSION), SESSION)).isEqualTo(UNPROVEN);
    assertThat(refusal("k".repeat(10_000), NOW, login(PAIR, "k-1", NOW, SESSION), SESSION))
        .isEqualTo(UNPROVEN);
  }

  @Test
  void whoeverKnowsTheStandInForUnknownKeysIsNobody() {
    // What the test above signs with a public example's secret key, for any id.
    Signed login =
        new Signed(
            "rfc",
            NOW,
            "e6kVM5I8CpHrdvSsz1Jfe+AVlslw1477lXgEjeaq4fxBtiAtno90zRalz+i66xbZQSWaE9z50Ls08YBT/kwEDA==",
            SESSION);
    assertThat(authenticator.signature(login).refusal()).isEqualTo(UNPROVEN);
  }

  @Test
  void saysThatTheTimeIsStale() {
    for (long time :
        new long[] {
          NOW - 10_001, NOW + 10_001, NOW / 1000, NOW * 1000, 0, -1, Long.MIN_VALUE, Long.MAX_VALUE
        }) {
      assertThat(refusal("k-1", time, login(PAIR, "k-1", time, SESSION), SESSION))
          .as("%s", time)
          .isEqualTo(STALE);
    }
    for (long time : new long[] {NOW - 10_000, NOW + 10_000}) {
      Signed login = new Signed("k-1", time, login(PAIR, "k-1", time, SESSION), SESSION);
      assertThat(authenticator.signature(login).identity()).as("%s", time).isNotNull();
    }
  }

  @Test
  void theWindowIsConfigured() {
    ConfiguredAuthenticator strict =
        new ConfiguredAuthenticator(
            config(raw(PAIR.getPublic()), "signatureWindow: 1s"), () -> NOW + 1_001);
    assertThat(
            strict
                .signature(new Signed("k-1", NOW, login(PAIR, "k-1", NOW, SESSION), SESSION))
                .refusal())
        .startsWith("the time is more than 1000 ms");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "AAAA", "!!!!", "=", "00", "ä", "{}", "3q2+7w==", "long", "long base64"})
  void refusesWhatIsNoSignature(String text) {
    String signature =
        switch (text) {
          case "long" -> "f".repeat(100_000);
          case "long base64" -> Base64.getEncoder().encodeToString(new byte[65]);
          default -> text;
        };
    assertThat(refusal("k-1", NOW, signature, SESSION))
        .isEqualTo("the signature is malformed (expected 64 bytes in base64 or hex)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "ff", "80"})
  void refusesNumbersThatAreNoSignature(String each) {
    assertThat(refusal("k-1", NOW, each.repeat(64), SESSION)).isEqualTo(UNPROVEN);
  }

  @Test
  void forgetsAKeyThatTheConfigurationNoLongerHas() {
    Signed login = new Signed("k-1", NOW, login(PAIR, "k-1", NOW, SESSION), SESSION);
    assertThat(authenticator.signature(login).identity()).isNotNull();
    authenticator.reload(config(raw(OTHER.getPublic()), ""));
    assertThat(authenticator.signature(login).refusal()).isEqualTo(UNPROVEN);
    authenticator.reload(Settings.of(AuthConfig.class, "{}"));
    assertThat(authenticator.signature(login).refusal())
        .isEqualTo("signatures are not accepted here");
  }

  @Test
  void aKeyIsRevokedByItsIdAndWithAllKeysOfItsConsumer() throws Exception {
    Rules rules = new Rules();
    Authenticator revocable =
        new RevocableAuthenticator(authenticator, rules, new RuleMeters(new SimpleMeterRegistry()));
    Signed first = new Signed("k-1", NOW, login(PAIR, "k-1", NOW, SESSION), SESSION);
    Signed second = new Signed("k-2", NOW, login(OTHER, "k-2", NOW, SESSION), SESSION);
    assertThat(revocable.signature(first).identity()).isNotNull();

    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest("k-1".getBytes(StandardCharsets.UTF_8));
    rules.set(revoked(Credential.KEY, HexFormat.of().formatHex(hash, 0, 6)));
    assertThat(revocable.signature(first).refusal()).isEqualTo("the signing key was revoked");
    assertThat(revocable.signature(second).identity()).isNotNull();

    rules.set(revoked(Credential.CONSUMER, "alice"));
    assertThat(revocable.signature(second).refusal()).isEqualTo("the signing key was revoked");
    assertThat(revocable.signature(new Signed("k-1", NOW, "00".repeat(64), SESSION)).refusal())
        .as("who has no key does not learn of it")
        .isEqualTo(UNPROVEN);
    rules.set(RuleSet.EMPTY);
    assertThat(revocable.signature(first).identity()).isNotNull();
  }

  private static RuleSet revoked(Credential credential, String value) {
    return new RuleSet(1, List.of(new Revocation("r-1", credential, value, 0, "", "ops", 1, 0)));
  }

  @Test
  void readsKeysAsPeopleWriteThem() {
    for (String text :
        List.of(
            pem(PAIR.getPublic()),
            pem(PAIR.getPublic()).replace("\n", "\r\n"),
            "  " + raw(PAIR.getPublic()) + "\n")) {
      assertThat(Ed25519.publicKey(text)).isEqualTo(PAIR.getPublic());
    }
  }

  @Test
  void refusesWhatIsNoPublicKeyWithoutShowingIt() {
    String secret = Base64.getEncoder().encodeToString(PAIR.getPrivate().getEncoded());
    for (String text :
        List.of(
            "",
            "alice",
            "-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----",
            secret,
            pem(pair("X25519").getPublic()),
            pem(pair("Ed448").getPublic()),
            Base64.getEncoder().encodeToString(new byte[31]),
            Base64.getEncoder().encodeToString(new byte[32]), // of small order
            "AQ" + "A".repeat(41) + "=", // so is this
            "Ag" + "A".repeat(41) + "=", // no point of the curve
            "/".repeat(42) + "8=")) {
      assertThatThrownBy(() -> new AuthConfig.SigningKey("k", text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "publicKey: *** (expected an Ed25519 public key: PEM, or the 32 bytes in base64)");
    }
  }

  @Test
  void holdsTheConfigurationToItsRules() {
    String key = raw(PAIR.getPublic());
    for (String id : new String[] {null, "", "a b", "a\nb", "k".repeat(65)}) {
      assertThatThrownBy(() -> new AuthConfig.SigningKey(id, key)).hasMessageStartingWith("id: ");
    }
    String one = "signingKeys: [{id: k-1, publicKey: " + key + "}]";
    assertRefused(
        "{consumers: [{name: alice, " + one + "}, {name: bob, " + one + "}]}",
        "consumers[1].signingKeys[0].id: k-1 (expected each id once)");
    assertRefused(
        "{consumers: [{name: alice}, {name: alice}]}",
        "consumers[1].name: alice (expected each name once)");
    assertRefused("{signatureWindow: 0s}", "signatureWindow: 0s (expected 1ms..5m)");
    assertRefused("{signatureWindow: 6m}", "signatureWindow: 6m (expected 1ms..5m)");
    assertRefused("{consumers: [{name: alice, apiKeys: [secret]}]}", "apiKeys: *** (expected");
  }

  private static void assertRefused(String yaml, String why) {
    assertThatThrownBy(() -> Settings.of(AuthConfig.class, yaml)).hasMessageContaining(why);
  }
}
