package dev.tidegate.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.app.Main;
import dev.tidegate.market.CaptureReplay;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParameterException;

class ReplayCommandTest {
  private static Object format(String... more) {
    String[] args = new String[more.length + 2];
    args[0] = "replay";
    args[1] = "capture.gz";
    System.arraycopy(more, 0, args, 2, more.length);
    return Main.commandLine()
        .parseArgs(args)
        .subcommand()
        .commandSpec()
        .findOption("--format")
        .getValue();
  }

  @Test
  void writesJsonUnlessToldOtherwise() {
    assertThat(format()).isEqualTo(CaptureReplay.Format.JSON);
    assertThat(format("--format", "protobuf")).isEqualTo(CaptureReplay.Format.PROTOBUF);
    assertThatThrownBy(() -> format("--format", "xml")).isInstanceOf(ParameterException.class);
  }
}
