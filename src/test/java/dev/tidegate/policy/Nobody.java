package dev.tidegate.policy;

/** Knows nobody, whatever is shown. */
public final class Nobody implements Authenticator {
  @Override
  public Verdict apiKey(String key) {
    return new Verdict(null, "no such key");
  }

  @Override
  public Verdict bearer(String token) {
    return new Verdict(null, "no such token");
  }
}
