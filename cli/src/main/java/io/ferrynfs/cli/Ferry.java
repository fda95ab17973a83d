package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Console;
import io.ferrynfs.cli.base.ErrorText;
import io.ferrynfs.cli.base.ExitCode;
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
    description = "Copy and serve NFSv4.2 files.",
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
      "69 server unreachable, 70 internal error, 130 interrupted."
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

  /** Runs one command and exits with its {@link ExitCode}. */
  public static void main(String[] args) {
    StandardOutput output = StandardOutput.install();
    // The commands recurse for each level of nested directories.
    Machine.onDeepStack(() -> {
      int exit = ExitCode.INTERNAL;
      try {
        exit = run(Arguments.ofProcess(args));
      } catch (Exception | Error fault) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
      }
      System.exit(output.finish(exit));
    });
  }

  /**
   * Runs one command and returns its exit code.
   *
   * @param args the arguments in the encoding of {@link io.ferrynfs.cli.base.ByteText}
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

  /** Adds {@code -h} as help, except to ls, which has its own {@code -h}. */
  private static void helpByLetter(CommandLine command) {
    CommandLine.Model.CommandSpec spec = command.getCommandSpec();
    CommandLine.Model.OptionSpec help = spec.findOption("--help");
    if (help != null && spec.findOption("-h") == null) {
      spec.remove(help);
      spec.addOption(CommandLine.Model.OptionSpec.builder(help).names("-h", "--help").build());
    }
  }

  /** Prints the error and a hint. */
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
    console.error(file + ErrorText.text(io));
    return ExitCode.of(io);
  }

  /** Reads the version that Maven wrote into the jar. */
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
