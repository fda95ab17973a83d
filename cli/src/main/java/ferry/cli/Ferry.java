package ferry.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The {@code ferry} command. */
@CommandLine.Command(
    name = "ferry",
    description = "NFSv4.2 files, copied where they are.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Ferry.Version.class,
    subcommands = {
      LsCommand.class,
      StatCommand.class,
      CatCommand.class,
      CpCommand.class,
      MvCommand.class,
      RmCommand.class,
      MkdirCommand.class,
      DemoCommand.class,
    },
    footer = {
      "",
      "A place is nfs://host[:port]/path or a local path.",
      "Exit codes: 0 done, 1 something was not done, 2 wrong usage,",
      "69 server unreachable, 70 a fault of ferry."
    })
public final class Ferry implements Runnable {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  private boolean version;

  @CommandLine.Spec private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

  /** Runs one command and exits with its code, see {@link ExitCode}. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command and returns its exit code. */
  static int run(String... args) {
    return new CommandLine(new Ferry())
        .setExecutionExceptionHandler(Ferry::failed)
        .setExitCodeExceptionMapper(e -> ExitCode.INTERNAL)
        .execute(args);
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    Console console = Console.ofProcess();
    switch (e) {
      case IOException io -> {
        console.error(
            ferry.cli.copy.Failures.text(io)
                + (io instanceof java.nio.file.FileSystemException file ? ": " + file.getFile() : ""));
        return Errors.exitCode(io);
      }
      case IllegalArgumentException wrong -> {
        console.error(String.valueOf(wrong.getMessage()));
        return ExitCode.USAGE;
      }
      default -> throw e;
    }
  }

  /** The version that Maven wrote into the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      Properties properties = new Properties();
      try (InputStream in = Ferry.class.getResourceAsStream("version.properties")) {
        if (in != null) {
          properties.load(in);
        }
      }
      return new String[] {"ferry " + properties.getProperty("version", "unknown")};
    }
  }
}
