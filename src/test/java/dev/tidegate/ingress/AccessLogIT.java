package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the access log, and what never does. */
class AccessLogIT {
  @TempDir private Path dir;

  @Test
  void hasPathsButNoQueriesAndNoCredentials() throws Exception {
    Path log = dir.resolve("access.log");
    try (TestGateway gateway =
        new TestGateway()
            .http("accessLog: " + log)
            .routes(Routes.of("id: problems, prefix: /problems, methods: [GET], local: problems"))
            .start()) {
      for (String path : new String[] {"/problems/not-found", "/v1/stream"}) {
        RawHttp.once(
            gateway.port(),
            "GET "
                + path
                + "?token=s3cret HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer s3cret\r\n"
                + "X-API-Key: alice-key\r\n\r\n");
      }
    }
    assertThat(Files.readString(log))
        .contains("\"path\":\"/problems/not-found\"", "\"path\":\"/v1/stream\"")
        .doesNotContain("s3cret")
        .doesNotContain("alice-key");
  }
}
