package dev.tidegate.app;

import dev.tidegate.app.command.CheckCommand;
import dev.tidegate.app.command.DevCommand;
import dev.tidegate.app.command.ReplayCommand;
import dev.tidegate.app.command.RunCommand;
import dev.tidegate.app.command.TokenCommand;
import dev.tidegate.app.command.WorkerCommand;
import dev.tidegate.app.node.Node;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: {@code tidegate dev|run|check|replay|token|worker}. */
@Command(
    name = "tidegate",
    description = "A reactive API gateway with WebSocket push for trading systems.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      DevCommand.class,
      RunCommand.class,
      CheckCommand.class,
      ReplayCommand.class,
      TokenCommand.class,
      WorkerCommand.class
    })
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // A new handshake costs its caller little and the node much; TLS 1.3 has none.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    int code = commandLine().execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  public static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, line, result) -> {
              PrintWriter err = line.getErr();
              err.println("tidegate: " + Node.reason(e));
              return 1;
            });
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"tidegate " + (version == null ? "(not packaged)" : version)};
    }
  }
}
