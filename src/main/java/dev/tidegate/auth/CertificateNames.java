package dev.tidegate.auth;

import dev.tidegate.policy.Authenticator.Verdict;
import dev.tidegate.policy.ClientCertificate;
import dev.tidegate.policy.Identity;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Whose certificate a name in it makes it: its subject, compared as X.500 names (RFC 5280 7.1), or
 * one of its alternative names.
 */
final class CertificateNames {
  static final String EXPECTED =
      "a subject as CN=desk-1,O=Acme (RFC 4514), or dns:, uri: or email: and a name";

  private static final Pattern ALTERNATIVE = Pattern.compile("(dns|uri|email):.+");
  private static final Verdict EXPIRED = new Verdict(null, "the client certificate has expired");
  private static final Verdict SEVERAL =
      new Verdict(null, "the client certificate has names of several consumers");

  private final Map<Object, AuthConfig.Consumer> owners = new HashMap<>();

  /** The name in the form in which it is compared; throws when it is none. */
  static Object canonical(String name) {
    if (!ALTERNATIVE.matcher(name).matches()) {
      X500Principal subject = new X500Principal(name);
      if (subject.getName().isEmpty()) {
        throw new IllegalArgumentException("empty");
      }
      return subject;
    }
    return name.startsWith("uri:") ? name : name.toLowerCase(Locale.ROOT);
  }

  void add(String name, AuthConfig.Consumer owner) {
    owners.put(canonical(name), owner);
  }

  Verdict verify(ClientCertificate certificate, long nowMillis) {
    if (nowMillis > certificate.expires()) {
      return EXPIRED;
    }
    AuthConfig.Consumer owner = owners.get(certificate.subject());
    for (String name : certificate.alternatives()) {
      AuthConfig.Consumer other = owners.get(canonical(name));
      if (other != null && owner != null && !other.equals(owner)) {
        return SEVERAL;
      }
      owner = owner == null ? other : owner;
    }
    return owner == null
        ? new Verdict(null, "no consumer has a certificate of " + certificate.subject().getName())
        : new Verdict(identity(owner, certificate), null);
  }

  private static @Nullable Identity identity(
      AuthConfig.Consumer owner, ClientCertificate certificate) {
    return new Identity(
        owner.name(),
        owner.account(),
        owner.tier(),
        owner.scopes(),
        certificate.expires(),
        Long.MAX_VALUE,
        ConfiguredAuthenticator.KEY + certificate.fingerprint().substring(0, 12));
  }
}
