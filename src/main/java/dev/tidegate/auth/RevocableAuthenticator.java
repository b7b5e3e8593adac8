package dev.tidegate.auth;

import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.ClientCertificate;
import dev.tidegate.policy.Identity;
import dev.tidegate.rules.Rule.Credential;
import dev.tidegate.rules.Rule.Revocation;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.Rules;

/** Refuses what another authenticator accepts and an operator has revoked. Safe to share. */
public final class RevocableAuthenticator implements Authenticator {
  private static final Verdict REVOKED_KEY = new Verdict(null, "the API key was revoked");
  private static final Verdict REVOKED_SIGNING_KEY =
      new Verdict(null, "the signing key was revoked");
  private static final Verdict REVOKED_CERTIFICATE =
      new Verdict(null, "the client certificate was revoked");
  private static final Verdict REVOKED_TOKEN = new Verdict(null, "the token was revoked");

  private final Authenticator accepting;
  private final Rules rules;
  private final RuleMeters meters;

  public RevocableAuthenticator(Authenticator accepting, Rules rules, RuleMeters meters) {
    this.accepting = accepting;
    this.rules = rules;
    this.meters = meters;
  }

  @Override
  public Verdict apiKey(String key) {
    return unlessRevoked(accepting.apiKey(key), REVOKED_KEY);
  }

  @Override
  public Verdict bearer(String token) {
    return unlessRevoked(accepting.bearer(token), REVOKED_KEY);
  }

  @Override
  public Verdict signature(Signed login) {
    return unlessRevoked(accepting.signature(login), REVOKED_SIGNING_KEY);
  }

  @Override
  public Verdict certificate(ClientCertificate shown) {
    return unlessRevoked(accepting.certificate(shown), REVOKED_CERTIFICATE);
  }

  private Verdict unlessRevoked(Verdict verdict, Verdict revokedKey) {
    Identity identity = verdict.identity();
    Revocation revocation = rules.current().revoked(identity);
    if (revocation == null) {
      return verdict;
    }
    meters.refused(RuleMeters.Cause.REVOKED);
    boolean key =
        revocation.credential() == Credential.KEY || revocation.credential() == Credential.CONSUMER;
    return key ? revokedKey : REVOKED_TOKEN;
  }
}
