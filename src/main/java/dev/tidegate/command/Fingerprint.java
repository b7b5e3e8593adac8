package dev.tidegate.command;

import dev.tidegate.bus.Commands.Submit;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Tells whether a repeated idempotency key comes with the same request. For one event loop. */
final class Fingerprint {
  private final MessageDigest digest;

  Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of what the caller wants: method, path, account, body, and not how it was spelled. */
  String of(Submit s) {
    part(s.method());
    part(s.path());
    part(s.account());
    return Base64.getEncoder().withoutPadding().encodeToString(digest.digest(s.body()));
  }

  private void part(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}
