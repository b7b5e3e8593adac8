package dev.tidegate.app.command;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.tidegate.app.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;

/**
 * The key pair that signs development tokens: made on first use, in {@code run/dev.jwks.json}, for
 * this user only.
 */
final class DevKeys {
  private static final Path FILE = Path.of("run", "dev.jwks.json");

  private DevKeys() {}

  static Path file() throws ConfigException {
    try {
      if (!Files.exists(FILE)) {
        Files.createDirectories(FILE.getParent());
        ECKey key =
            new ECKeyGenerator(Curve.P_256).algorithm(JWSAlgorithm.ES256).keyID("dev").generate();
        Files.createFile(
            FILE,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(FILE, new JWKSet(key).toString(false));
      }
      return FILE;
    } catch (IOException | JOSEException e) {
      throw new ConfigException(FILE + ": cannot be made: " + e.getMessage());
    }
  }

  static ECKey read(Path file) throws ConfigException {
    try {
      return JWKSet.load(file.toFile()).getKeys().stream()
          .filter(ECKey.class::isInstance)
          .map(ECKey.class::cast)
          .filter(ECKey::isPrivate)
          .findFirst()
          .orElseThrow(
              () -> new ConfigException(file + ": no private EC key (expected one to sign with)"));
    } catch (IOException | ParseException e) {
      throw new ConfigException(file + ": " + e.getMessage() + " (expected a JSON Web Key Set)");
    }
  }
}
