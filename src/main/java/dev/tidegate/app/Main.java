package dev.tidegate.app;

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
    int code = commandLine().execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, line, result) -> {
              PrintWriter err = line.getErr();
              err.println("tidegate: " + reason(e));
              return 1;
            });
  }

  /**
   * One line that an operator can act on; the stack trace goes to the log when it is not an
   * expected failure.
   */
  static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof ConfigException)) {
      cause = cause.getCause();
    }
    if (cause instanceof ConfigException) {
      return String.valueOf(cause.getMessage());
    }
    return String.valueOf(cause.getMessage()).contains("Address already in use")
        ? "Address already in use"
        : cause.toString();
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
