package dev.tidegate.app.config;

/**
 * What a node can do. The order is the order of starting; nodes leave in the reverse order, so that
 * what is in flight still finds whom it needs.
 */
public enum Role {
  UPSTREAM,
  COMMAND,
  MARKET,
  STREAM,
  INGRESS,
  ADMIN
}
