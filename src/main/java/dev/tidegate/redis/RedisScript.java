package dev.tidegate.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A Lua script, which the server runs as one transaction. Immutable. */
public final class RedisScript {
  private final String source;
  private final String sha;

  /** A script of its text. */
  public RedisScript(String source) {
    this.source = source;
    this.sha = sha1(source);
  }

  /** The files beside the class, one after the other, without their {@code .lua}. */
  public static RedisScript beside(Class<?> owner, String... files) {
    StringBuilder text = new StringBuilder();
    for (String file : files) {
      text.append(load(owner, file + ".lua")).append('\n');
    }
    return new RedisScript(text.toString());
  }

  String source() {
    return source;
  }

  /** What EVALSHA calls it. */
  String sha() {
    return sha;
  }

  private static String load(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + ": missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
