package dev.tidegate.upstream;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is spoken to an upstream. Files are PEM.
 *
 * @param ca the authorities that are trusted; absent: those that the JDK trusts
 * @param serverName whom a certificate has to be of, and who is asked for (SNI); absent: the host
 *     of the endpoint
 * @param cert the certificate that the gateway shows of itself, with its chain
 * @param key the private key of that
 * @param verify whether the upstream has to prove who it is
 */
public record UpstreamTls(
    @Nullable String ca,
    @Nullable String serverName,
    @Nullable String cert,
    @Nullable String key,
    @Default("true") boolean verify) {
  public UpstreamTls {
    certificates("ca", ca);
    Check.that(
        serverName == null || serverName.matches("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*"),
        "serverName",
        serverName,
        "a name, as in api.example.com");
    certificates("cert", cert);
    Check.that(
        key == null || text(key).contains("PRIVATE KEY"), "key", key, "a PEM file with a key");
    Check.that((cert == null) == (key == null), "key", key, "to be given when cert is");
    Check.that(verify || ca == null, "verify", verify, "true, since ca is given");
  }

  private static void certificates(String name, @Nullable String file) {
    Check.that(file == null || holdsCertificates(file), name, file, "a PEM file with certificates");
  }

  private static boolean holdsCertificates(String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return !CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty();
    } catch (IOException | CertificateException | InvalidPathException e) {
      return false;
    }
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException | InvalidPathException e) {
      return "";
    }
  }
}
