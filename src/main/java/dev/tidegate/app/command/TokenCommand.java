package dev.tidegate.app.command;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tidegate token}: a development JWT for a consumer, or a new API key with the hash that the
 * configuration wants.
 */
@Command(
    name = "token",
    description = "Prints a development JWT, or a new API key and its hash.",
    mixinStandardHelpOptions = true)
public final class TokenCommand implements Callable<Integer> {
  private static final int KEY_BYTES = 24;

  @Option(
      names = "--consumer",
      defaultValue = "alice",
      description = "Whom the token names (default: ${DEFAULT-VALUE}).")
  private String consumer = "alice";

  @Option(
      names = "--minutes",
      defaultValue = "60",
      description = "How long it is valid (default: ${DEFAULT-VALUE}).")
  private int minutes;

  @Option(names = "--jwks", description = "Key set to sign with (default: the one that dev uses).")
  private @Nullable Path jwks;

  @Option(names = "--api-key", description = "A new API key instead.")
  private boolean apiKey;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (apiKey) {
      byte[] random = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(random);
      String key = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      out.println("key:    " + key);
      out.println("apiKeys: [" + sha256(key) + "]");
      return 0;
    }
    ECKey key = DevKeys.read(jwks == null ? DevKeys.file() : jwks);
    Instant now = Instant.now();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
            new JWTClaimsSet.Builder()
                .subject(consumer)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60L * minutes)))
                .build());
    token.sign(new ECDSASigner(key));
    out.println(token.serialize());
    return 0;
  }

  private static String sha256(String text) throws java.security.NoSuchAlgorithmException {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
