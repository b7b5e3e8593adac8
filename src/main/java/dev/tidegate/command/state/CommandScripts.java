package dev.tidegate.command.state;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The Lua scripts of the command state; each is its own transaction. */
public enum CommandScripts {
  BEGIN("common", "begin"),
  ACCEPTED("common", "accepted"),
  RELEASE("common", "release"),
  TRANSITION("common", "step", "transition"),
  SWEEP("common", "step", "sweep"),
  READ("common", "read");

  private final String source;
  private final String sha;

  CommandScripts(String... parts) {
    StringBuilder text = new StringBuilder();
    for (String part : parts) {
      text.append(load(part + ".lua")).append('\n');
    }
    source = text.toString();
    sha = sha1(source);
  }

  String source() {
    return source;
  }

  /** What EVALSHA calls it. */
  String sha() {
    return sha;
  }

  private static String load(String name) {
    try (InputStream in = CommandScripts.class.getResourceAsStream(name)) {
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
