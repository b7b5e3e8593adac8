package dev.tidegate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a process of its own: the log of this one belongs to the test run. */
class LogsTest {
  private static final int LINES = 2000;

  /** Logs and leaves at once. */
  public static final class Chatter {
    private Chatter() {}

    public static void main(String[] args) {
      Logger log = LoggerFactory.getLogger("dev.tidegate.Chatter");
      for (int i = 0; i < LINES; i++) {
        log.atInfo().addKeyValue("number", i).log("line");
      }
      LoggerFactory.getLogger("com.hazelcast.Noise").info("noise");
      Logs.close();
    }
  }

  @Test
  void writesEveryLineBeforeTheEnd() throws Exception {
    List<String> lines = run("text");
    assertThat(lines).hasSize(LINES);
    assertThat(lines.getLast()).contains("INFO").endsWith("Chatter            line number=1999");
  }

  @Test
  void writesJsonWhenAsked() throws Exception {
    List<String> lines = run("json");
    assertThat(lines).hasSize(LINES);
    assertThat(lines.getLast())
        .startsWith("{\"time\":\"")
        .contains("\"level\":\"INFO\"")
        .contains("\"message\":\"line\"")
        .contains("\"number\":1999");
  }

  private static List<String> run(String format) throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            java, "-cp", System.getProperty("java.class.path"), Chatter.class.getName());
    builder.environment().put("TIDEGATE_LOG", format);
    Process process = builder.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return text.lines().toList();
  }
}
