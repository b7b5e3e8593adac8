package dev.tidegate.auth;

import dev.tidegate.policy.Authenticator.Signed;
import dev.tidegate.policy.Authenticator.Verdict;
import dev.tidegate.policy.Identity;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Logins that are proven by a signature. It covers what it is for, the key, the time and the
 * session: heard by somebody else, it is good for nothing, on this session or another. Immutable.
 */
final class SigningKeys {
  /** As it stands in the first line of what is signed. */
  private static final String PURPOSE = "tidegate.v1.login";

  private static final Verdict NOT_ACCEPTED = new Verdict(null, "signatures are not accepted here");
  private static final Verdict MALFORMED =
      new Verdict(null, "the signature is malformed (expected 64 bytes in base64 or hex)");

  /** Does not tell whether there is such a key. */
  private static final Verdict UNPROVEN =
      new Verdict(null, "the key is not known, or the signature is not its for this session");

  private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{128}");
  private static final int MOST_TEXT = 128;

  private record Key(PublicKey publicKey, @Nullable Identity identity) {}

  /** Takes as long as a key that is known. It is anybody's: an example of RFC 8032. */
  private static final Key UNKNOWN =
      new Key(Ed25519.publicKey("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="), null);

  private final Map<String, Key> keys = new HashMap<>();
  private final long windowMillis;
  private final Verdict stale;

  SigningKeys(Duration window) {
    windowMillis = window.toMillis();
    stale =
        new Verdict(
            null,
            "the time is more than "
                + windowMillis
                + " ms from the gateway's (expected milliseconds since the epoch)");
  }

  void add(AuthConfig.SigningKey key, Identity identity) {
    keys.put(key.id(), new Key(Ed25519.publicKey(key.publicKey()), identity));
  }

  Verdict verify(Signed login, long nowMillis) {
    if (keys.isEmpty()) {
      return NOT_ACCEPTED;
    }
    if (login.time() < nowMillis - windowMillis || login.time() > nowMillis + windowMillis) {
      return stale;
    }
    byte[] signature = decode(login.signature());
    if (signature == null || signature.length != Ed25519.SIGNATURE_BYTES) {
      return MALFORMED;
    }
    Key key = keys.getOrDefault(login.key(), UNKNOWN);
    boolean proven = Ed25519.verifies(key.publicKey(), text(login), signature);
    return proven && key.identity() != null ? new Verdict(key.identity(), null) : UNPROVEN;
  }

  /** An id has no line break, and the session stands last: no two logins have the same text. */
  private static byte[] text(Signed login) {
    return (PURPOSE + "\n" + login.key() + "\n" + login.time() + "\n" + login.session())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte @Nullable [] decode(String text) {
    if (HEX.matcher(text).matches()) {
      return HexFormat.of().parseHex(text);
    }
    try {
      return text.length() > MOST_TEXT
          ? null
          : Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
