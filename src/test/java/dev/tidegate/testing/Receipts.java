package dev.tidegate.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** The channel messages that a client has got, as docs/protocol.md says to count them. */
public final class Receipts {
  private static final BigInteger BASE = new BigInteger("6364136223846793005");
  private static final BigInteger MODULUS = BigInteger.TWO.pow(64);

  private long messages;
  private BigInteger digest = BigInteger.ZERO;

  /** Takes one channel message. */
  public void take(JsonNode message) {
    String text =
        String.join(
            "\n",
            message.path("channel").asText(),
            message.path("symbol").asText(),
            message.path("epoch").asText(),
            message.path("seq").asText());
    messages++;
    digest = digest.multiply(BASE).add(hash(text)).mod(MODULUS);
  }

  public static BigInteger hash(String text) {
    try {
      byte[] all =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return new BigInteger(1, Arrays.copyOf(all, 8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  public String digest() {
    return String.format("%016x", digest);
  }

  /** Whether the gateway says that this is what it sent. */
  public boolean agrees(JsonNode heartbeat) {
    return heartbeat.path("messages").asLong() == messages
        && heartbeat.path("digest").asText().equals(digest());
  }

  @Override
  public String toString() {
    return messages + " messages, " + digest();
  }
}
