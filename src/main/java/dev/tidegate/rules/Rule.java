package dev.tidegate.rules;

import dev.tidegate.net.Network;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** One thing that an operator has ordered. The same order given again replaces the first. */
public sealed interface Rule {
  /** Of what kind, as in the path of the admin API. */
  Kind kind();

  /** Unique among its kind. */
  String id();

  /** Who ordered it. */
  String by();

  /** When, in milliseconds since the epoch. */
  long at();

  /** When it ends by itself, in milliseconds since the epoch; 0 for never. */
  long expiresAt();

  /** What can be ordered, and how many of it at most. */
  enum Kind {
    TIERS("tiers", 256),
    REVOCATIONS("revocations", 10_000),
    BANS("bans", 10_000);

    private final String text;
    private final int most;

    Kind(String text, int most) {
      this.text = text;
      this.most = most;
    }

    public String text() {
      return text;
    }

    public int most() {
      return most;
    }

    static @Nullable Kind of(String text) {
      for (Kind kind : values()) {
        if (kind.text.equals(text)) {
          return kind;
        }
      }
      return null;
    }
  }

  /** Others than the configured limits for a tier; the id is the tier's name. */
  record TierChange(String id, TierLimits limits, String by, long at) implements Rule {
    @Override
    public Kind kind() {
      return Kind.TIERS;
    }

    @Override
    public long expiresAt() {
      return 0;
    }
  }

  /** Nobody from the addresses, or nobody of the name, is served; exactly one of the two is set. */
  record Ban(
      String id,
      @Nullable String address,
      @Nullable String consumer,
      String reason,
      String by,
      long at,
      long expiresAt)
      implements Rule {
    static Ban ofAddress(Network network, String reason, String by, long at, long expiresAt) {
      String address = network.toString();
      return new Ban(name("b-", "address " + address), address, null, reason, by, at, expiresAt);
    }

    /** What the caller is told. */
    public String describe() {
      return reason.isEmpty() ? "banned" : "banned: " + reason;
    }

    static Ban ofConsumer(String consumer, String reason, String by, long at, long expiresAt) {
      return new Ban(name("b-", "consumer " + consumer), null, consumer, reason, by, at, expiresAt);
    }

    @Override
    public Kind kind() {
      return Kind.BANS;
    }
  }

  /**
   * A credential that is no longer good.
   *
   * @param credential what {@code value} is
   * @param issuedBefore of a subject's tokens those that were issued before, in milliseconds since
   *     the epoch; 0 for other credentials
   */
  record Revocation(
      String id,
      Credential credential,
      String value,
      long issuedBefore,
      String reason,
      String by,
      long at,
      long expiresAt)
      implements Rule {
    /** What the caller is told. */
    public String describe() {
      return reason.isEmpty() ? "credentials were revoked" : "credentials were revoked: " + reason;
    }

    static Revocation of(
        Credential credential,
        String value,
        long issuedBefore,
        String reason,
        String by,
        long at,
        long expiresAt) {
      String id = name("r-", credential + " " + value);
      return new Revocation(id, credential, value, issuedBefore, reason, by, at, expiresAt);
    }

    @Override
    public Kind kind() {
      return Kind.REVOCATIONS;
    }
  }

  /** How a revoked credential is named. */
  enum Credential {
    /** Every API key of the consumer. */
    CONSUMER("consumer"),
    /** One API key, by the first 12 hex digits of its SHA-256. */
    KEY("key"),
    /** One token, by its {@code jti}, or the first 12 hex digits of its SHA-256 without one. */
    JTI("jti"),
    /** The tokens of a subject that were issued before a moment. */
    SUBJECT("subject");

    private final String text;

    Credential(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  private static String name(String prefix, String target) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(target.getBytes(StandardCharsets.UTF_8));
      return prefix + HexFormat.of().formatHex(hash, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }
}
