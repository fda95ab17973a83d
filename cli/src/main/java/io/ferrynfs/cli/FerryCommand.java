package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Console;
import io.ferrynfs.cli.base.ErrorText;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Printable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The command line of {@code ferry}. */
@CommandLine.Command(
    name = "ferry",
    description = "Copy and serve NFSv4.2 files.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = FerryCommand.Version.class,
    footer = {
      "",
      "A place is nfs://host[:port]/path or a local path.",
      "Exit codes: 0 done, 1 something was not done, 2 wrong usage,",
      "69 server unreachable, 70 internal error, 130 interrupted."
    })
final class FerryCommand implements Runnable {
  /** The commands in the order of the help. */
  private static final List<String> COMMANDS =
      List.of(
          "serve", "ls", "stat", "cat", "cp", "mv", "rm", "mkdir", "copies", "clients", "stats",
          "exports", "demo", "help");

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

  /**
   * Runs one command and returns its exit code.
   *
   * @param args the arguments in the encoding of {@link io.ferrynfs.cli.base.ByteText}
   */
  static int run(String... args) {
    return commandLine(args.length == 0 ? "" : args[0])
        .setParameterExceptionHandler(FerryCommand::wrongUsage)
        .setExecutionExceptionHandler(FerryCommand::failed)
        .setExitCodeExceptionMapper(
            e -> e instanceof CommandLine.ParameterException ? ExitCode.USAGE : ExitCode.INTERNAL)
        .execute(args);
  }

  /**
   * Creates the parser. Reading the annotations of all commands takes longer than most commands, so
   * it gets only the one that the first argument names, unless that is an option for help.
   */
  private static CommandLine commandLine(String first) {
    CommandLine ferry = new CommandLine(new FerryCommand());
    boolean namesOne = !first.equals("help") && COMMANDS.contains(first);
    for (String name : COMMANDS) {
      if (!namesOne || name.equals(first)) {
        ferry.addSubcommand(name, command(name));
      }
    }
    ferry.getSubcommands().values().forEach(FerryCommand::helpByLetter);
    return ferry;
  }

  private static Object command(String name) {
    return switch (name) {
      case "serve" -> new ServeCommand();
      case "ls" -> new LsCommand();
      case "stat" -> new StatCommand();
      case "cat" -> new CatCommand();
      case "cp" -> new CpCommand();
      case "mv" -> new MvCommand();
      case "rm" -> new RmCommand();
      case "mkdir" -> new MkdirCommand();
      case "copies" -> new CopiesCommand();
      case "clients" -> new ClientsCommand();
      case "stats" -> new StatsCommand();
      case "exports" -> new ExportsCommand();
      case "demo" -> new DemoCommand();
      case "help" -> new CommandLine.HelpCommand();
      default -> throw new IllegalArgumentException(name);
    };
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
        isCommand
            ? "no such command: " + Printable.name(args[0])
            : inLowerCase(String.valueOf(e.getMessage())));
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    console.note("Try '" + name + " --help'.");
    return ExitCode.USAGE;
  }

  /** Returns a message of the parser with the first letter that Ferry's own messages have. */
  private static String inLowerCase(String message) {
    return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
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

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      return new String[] {Ferry.version()};
    }
  }
}
