package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Console;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Failures;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.base.StandardOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The {@code ferry} command. */
@CommandLine.Command(
    name = "ferry",
    description = "NFSv4.2 files, copied where they are.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Ferry.Version.class,
    subcommands = {
      ServeCommand.class,
      LsCommand.class,
      StatCommand.class,
      CatCommand.class,
      CpCommand.class,
      MvCommand.class,
      RmCommand.class,
      MkdirCommand.class,
      CopiesCommand.class,
      ClientsCommand.class,
      StatsCommand.class,
      ExportsCommand.class,
      DemoCommand.class,
      CommandLine.HelpCommand.class,
    },
    footer = {
      "",
      "A place is nfs://host[:port]/path or a local path.",
      "Exit codes: 0 done, 1 something was not done, 2 wrong usage,",
      "69 server unreachable, 70 a fault of ferry, 130 interrupted."
    })
public final class Ferry implements Runnable {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("UnusedVariable")
  private boolean version;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  /** Runs one command and exits with its code, see {@link ExitCode}. */
  public static void main(String[] args) {
    StandardOutput output = StandardOutput.install();
    // A directory in a directory in a directory: each is a call within a call.
    Machine.onDeepStack(() -> {
      int exit = ExitCode.INTERNAL;
      try {
        exit = run(Arguments.ofProcess(args));
      } catch (Exception | Error fault) {
        Thread here = Thread.currentThread();
        here.getUncaughtExceptionHandler().uncaughtException(here, fault);
      }
      System.exit(output.finish(exit));
    });
  }

  /**
   * Runs one command and returns its exit code.
   *
   * @param args of any bytes, as {@link io.ferrynfs.cli.base.ByteText} has them
   */
  static int run(String... args) {
    CommandLine command = new CommandLine(new Ferry());
    command.getSubcommands().values().forEach(Ferry::helpByLetter);
    return command
        .setParameterExceptionHandler(Ferry::wrongUsage)
        .setExecutionExceptionHandler(Ferry::failed)
        .setExitCodeExceptionMapper(
            e -> e instanceof CommandLine.ParameterException ? ExitCode.USAGE : ExitCode.INTERNAL)
        .execute(args);
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }
  }

  /** {@code -h} is help, but for ls, where it makes sizes readable. */
  private static void helpByLetter(CommandLine command) {
    CommandLine.Model.CommandSpec spec = command.getCommandSpec();
    CommandLine.Model.OptionSpec help = spec.findOption("--help");
    if (help != null && spec.findOption("-h") == null) {
      spec.remove(help);
      spec.addOption(CommandLine.Model.OptionSpec.builder(help).names("-h", "--help").build());
    }
  }

  /** One line says what is wrong, and another where to read how it is right. */
  private static int wrongUsage(CommandLine.ParameterException e, String[] args) {
    Console console = Console.ofProcess();
    boolean isCommand =
        e instanceof CommandLine.UnmatchedArgumentException
            && e.getCommandLine().getParent() == null;
    console.error(
        isCommand ? "no such command: " + Printable.name(args[0]) : String.valueOf(e.getMessage()));
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    console.note("Try '" + name + " --help'.");
    return ExitCode.USAGE;
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    Console console = Console.ofProcess();
    if (e instanceof IllegalArgumentException) {
      console.error(String.valueOf(e.getMessage()));
      return ExitCode.USAGE;
    }
    if (!(e instanceof IOException io)) {
      throw e;
    }
    boolean named = io instanceof FileSystemException located && located.getFile() != null;
    String file = named ? Printable.name(((FileSystemException) io).getFile()) + ": " : "";
    console.error(file + Failures.text(io));
    return Errors.exitCode(io);
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
