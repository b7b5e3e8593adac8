package dev.tidegate.app.config;

/**
 * Configuration that cannot be used; the message is what the operator reads: {@code file:line:
 * path: problem}.
 */
public final class ConfigException extends Exception {
  public ConfigException(String message) {
    super(message);
  }
}
