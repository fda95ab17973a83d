package io.ferrynfs.cli;

import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.serve.ConfigFile;
import io.ferrynfs.cli.serve.CopyFromOption;
import io.ferrynfs.cli.serve.CopySourceOption;
import io.ferrynfs.cli.serve.ExportArgument;
import io.ferrynfs.cli.serve.ListenAddress;
import io.ferrynfs.cli.serve.RunningServer;
import io.ferrynfs.cli.serve.ServeSettings;
import io.ferrynfs.cli.serve.ServedDirectory;
import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.ExportRule;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.Squash;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@CommandLine.Command(
    name = "serve",
    description = {
      "Serve directories over NFSv4.1 and 4.2.",
      "Runs in the foreground, until SIGTERM or SIGINT.",
      "Ready when it prints \"listening on HOST:PORT\"."
    })
final class ServeCommand extends Command {
  /** The values of {@code --squash}. */
  enum SquashChoice {
    none,
    root,
    all
  }

  /** The values of {@code --copy-rules}. */
  enum CopyRulesChoice {
    linux,
    rfc7862
  }

  /** The values of {@code --delegations}. */
  enum DelegationsChoice {
    none,
    read
  }

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "The address (127.0.0.1:2049 or the next free port); port 0 uses any.")
  private @Nullable String listen;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "The state folder, which must outlive the server.")
  private @Nullable Path state;

  @Option(
      names = "--squash",
      description =
          "The users to map to nobody: ${COMPLETION-CANDIDATES} (none on loopback, else root).")
  private @Nullable SquashChoice squash;

  @Option(
      names = "--lease",
      paramLabel = "SECONDS",
      defaultValue = "90",
      description = "How long a silent client keeps its files open (${DEFAULT-VALUE}).")
  private int leaseSeconds = 90;

  @Option(
      names = "--courtesy",
      paramLabel = "SECONDS",
      description = "How long a client keeps its state after the lease until a conflict (86400).")
  private int courtesySeconds = CourtesyLimits.defaults().seconds();

  @Option(
      names = "--delegations",
      defaultValue = "read",
      description =
          "The delegations to grant: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}). "
              + "Use none if programs on this machine change the files.")
  private DelegationsChoice delegations = DelegationsChoice.read;

  @Option(
      names = "--copy-rate",
      paramLabel = "MIB",
      defaultValue = "0",
      description =
          "The maximum MiB per second of all copies together; 0 for no limit "
              + "(${DEFAULT-VALUE}).")
  private long copyRateMib;

  @Option(
      names = "--copy-rules",
      defaultValue = "linux",
      description =
          "How strict COPY is about ranges beyond the end and copies inside a file: "
              + "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private CopyRulesChoice copyRules = CopyRulesChoice.linux;

  @Option(
      names = "--copy-to",
      paramLabel = "NETWORK",
      description =
          "The servers that may read files for clients, as 10.0.0.0/8; may be "
              + "repeated; none for no server (any).")
  private List<String> copyTo = List.of();

  @Option(
      names = "--announce",
      paramLabel = "HOST[:PORT]",
      description =
          "An address at which other servers reach this one; may be repeated (the "
              + "address that the client uses, which otherwise comes last).")
  private List<String> announced = List.of();

  @Option(
      names = "--copy-from",
      paramLabel = "NETWORK",
      description =
          "The servers from which files may be copied for clients, as 10.0.0.0/8; "
              + "may be repeated; local for the networks of this machine (default); or "
              + "none.")
  private List<String> copyFrom = List.of();

  @Option(
      names = "--id-domain",
      paramLabel = "DOMAIN",
      description =
          "Send and accept owners and groups as name@DOMAIN, by the users and "
              + "groups of this machine (numbers, which are always accepted).")
  private @Nullable String idDomain;

  @Option(
      names = "--manage-gids",
      negatable = true,
      description =
          "Look up the groups of users on this machine, because AUTH_SYS carries at "
              + "most 16 (if the server is root).")
  private @Nullable Boolean managesGids;

  @Option(
      names = "--admin",
      paramLabel = "DIR",
      description = "The folder of the socket for ferry copies, clients, stats and exports.")
  private @Nullable Path admin;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A file with all of these options, and more about exports (docs/cli.md).")
  private @Nullable Path config;

  @Option(names = "--check", description = "Check the file of --config, and do not serve.")
  private boolean check;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "DIR",
      description = "A directory to serve as /, or several as /name=DIR.")
  private List<String> directories = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServeSettings settings = settings();
    if (check && config != null) {
      List<String> missing = ConfigFile.missing(config, settings);
      missing.forEach(console::error);
      if (missing.isEmpty()) {
        console.line("no errors in " + config);
      }
      return missing.isEmpty() ? ExitCode.OK : ExitCode.USAGE;
    }
    RunningServer server =
        RunningServer.start(
            settings.settings(), config == null ? null : ConfigFile.reloadable(config, settings));
    var _ = Machine.onTermination(() -> end(server));
    printNotes(server);
    console.line("listening on " + ListenAddress.text(server.address()));
    Machine.waitForever();
    return ExitCode.OK;
  }

  /** Starts a server inside this process with the options of the command line. */
  static RunningServer start(String... args) throws IOException {
    ServeCommand command = new ServeCommand();
    new CommandLine(command).parseArgs(args);
    return RunningServer.start(command.settings().settings());
  }

  /** Prints what the administrator should know before clients connect. */
  private void printNotes(RunningServer server) {
    if (server.adminFailure() != null) {
      console.note(
          "ferry copies, clients, stats and exports cannot find this server: "
              + server.adminFailure());
    }
    if (server.registryFailure() != null) {
      console.note("clients cannot reclaim after a restart: " + server.registryFailure());
    }
    if (server.clientsAwaited() > 0) {
      console.note(
          "new opens wait until clients from before the restart have reclaimed: "
              + server.clientsAwaited());
    }
    switch (server.callerRules()) {
      case KERNEL -> {}
      case MODE_BITS ->
          console.note(
              "root may not act as other users (needs CAP_SETUID, CAP_SETGID, Linux 5.8), so the"
                  + " server evaluates mode bits and access control lists; quotas do not apply");
      case SERVER_USER ->
          console.note(
              "not root: every user of a client acts as user "
                  + Machine.uid()
                  + ", which owns new files");
    }
    if (!server.hasKernelHandles()) {
      console.note("filehandles come from an index");
    }
  }

  private ServeSettings settings() throws IOException {
    if (config == null) {
      if (directories.isEmpty() || check) {
        throw new IllegalArgumentException(
            check ? "--check needs --config" : "specify a directory or --config FILE");
      }
      return fromCommandLine();
    }
    Set<String> others = new TreeSet<>();
    if (spec != null) {
      for (var option : spec.commandLine().getParseResult().matchedOptions()) {
        others.add(option.longestName());
      }
    }
    others.removeAll(List.of("--config", "--check"));
    if (!others.isEmpty() || !directories.isEmpty()) {
      throw new IllegalArgumentException(
          "--config cannot be combined with other options or directories: "
              + (others.isEmpty() ? directories : others));
    }
    return ConfigFile.read(config);
  }

  private ServeSettings fromCommandLine() {
    @Nullable InetSocketAddress address = listen == null ? null : ListenAddress.parse(listen);
    List<ExportRule> rules = List.of(ExportRule.everybody(squash(address)));
    CopySourcePolicy copySource = CopySourceOption.policy(copyTo);
    return new ServeSettings(
        ExportArgument.parse(directories).stream()
            .map(one -> new ServedDirectory(one.path(), one.directory(), rules, copySource))
            .toList(),
        address,
        state,
        leaseSeconds,
        courtesySeconds,
        delegations == DelegationsChoice.read,
        copyRateMib,
        copyRules == CopyRulesChoice.linux ? CopyRules.LINUX : CopyRules.RFC7862,
        CopyFromOption.parse(copyFrom),
        announced.stream().map(CopySourceOption::announced).toList(),
        idDomain,
        managesGids,
        admin);
  }

  private int end(RunningServer server) {
    try {
      server.close();
      return ExitCode.OK;
    } catch (IOException e) {
      console.error("cannot stop cleanly", e);
      return ExitCode.FAILED;
    }
  }

  private Squash squash(@Nullable InetSocketAddress address) {
    boolean loopback = address == null || address.getAddress().isLoopbackAddress();
    SquashChoice choice =
        squash != null ? squash : loopback ? SquashChoice.none : SquashChoice.root;
    return switch (choice) {
      case none -> Squash.NONE;
      case root -> Squash.ROOT;
      case all -> new Squash(Squash.Who.EVERYBODY, 65534, 65534);
    };
  }
}
