package io.ferrynfs.cli;

import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.serve.ConfigFile;
import io.ferrynfs.cli.serve.CopyFrom;
import io.ferrynfs.cli.serve.CopySource;
import io.ferrynfs.cli.serve.ExportArgument;
import io.ferrynfs.cli.serve.ListenAddress;
import io.ferrynfs.cli.serve.RunningServer;
import io.ferrynfs.cli.serve.ServeChoices;
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
      description = "Where (127.0.0.1:2049 or the next free port); port 0 takes any.")
  private @Nullable String listen;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Where filehandles, the server's name and who may reclaim outlive it.")
  private @Nullable Path state;

  @Option(
      names = "--squash",
      description =
          "Whom to take for nobody: ${COMPLETION-CANDIDATES} (none on loopback, " + "else root).")
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
      description = "How long after its lease a client keeps what nobody else wants (86400).")
  private int courtesySeconds = CourtesyLimits.defaults().seconds();

  @Option(
      names = "--delegations",
      defaultValue = "read",
      description =
          "Whether clients may rely on files that no other client changes: "
              + "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}). Where programs of this "
              + "machine change them, none.")
  private DelegationsChoice delegations = DelegationsChoice.read;

  @Option(
      names = "--copy-rate",
      paramLabel = "MIB",
      defaultValue = "0",
      description =
          "How many MiB a second the copies that clients have the server make may "
              + "move, all together; 0 for no bound (${DEFAULT-VALUE}).")
  private long copyRateMib;

  @Option(
      names = "--copy-rules",
      defaultValue = "linux",
      description =
          "How strict COPY is about ranges beyond the end and one file twice: "
              + "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private CopyRulesChoice copyRules = CopyRulesChoice.linux;

  @Option(
      names = "--copy-to",
      paramLabel = "NETWORK",
      description =
          "From where other servers may read for clients that copy to them, as "
              + "10.0.0.0/8, several times; or none (any).")
  private List<String> copyTo = List.of();

  @Option(
      names = "--announce",
      paramLabel = "HOST[:PORT]",
      description =
          "Where such servers reach this one, several times (the address that the "
              + "client uses, which comes last otherwise).")
  private List<String> announced = List.of();

  @Option(
      names = "--copy-from",
      paramLabel = "NETWORK",
      description =
          "From where files of other servers may be copied for clients, as "
              + "10.0.0.0/8, several times; local: this machine's own networks (the "
              + "default); or none.")
  private List<String> copyFrom = List.of();

  @Option(
      names = "--id-domain",
      paramLabel = "DOMAIN",
      description =
          "Send and take owners and groups as name@DOMAIN, by this machine's "
              + "users and groups (numbers, which are always taken).")
  private @Nullable String idDomain;

  @Option(
      names = "--manage-gids",
      negatable = true,
      description =
          "Look up the groups of users here, where AUTH_SYS names 16 at most "
              + "(where the server is root).")
  private @Nullable Boolean managesGids;

  @Option(
      names = "--admin",
      paramLabel = "DIR",
      description = "Where to put the socket for ferry copies, clients and exports.")
  private @Nullable Path admin;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "All of this, and more about exports, in a file (docs/cli.md).")
  private @Nullable Path config;

  @Option(
      names = "--check",
      description = "Say what is wrong with the file of --config, and serve nothing.")
  private boolean check;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "DIR",
      description = "A directory to serve as /, or several as /name=DIR.")
  private List<String> directories = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServeChoices choices = choices();
    if (check && config != null) {
      List<String> missing = ConfigFile.missing(config, choices);
      missing.forEach(console::error);
      if (missing.isEmpty()) {
        console.line("nothing is wrong with " + config);
      }
      return missing.isEmpty() ? ExitCode.OK : ExitCode.USAGE;
    }
    RunningServer server =
        RunningServer.start(
            choices.settings(), config == null ? null : ConfigFile.again(config, choices));
    var _ = Machine.onTermination(() -> end(server));
    tell(server);
    console.line("listening on " + ListenAddress.text(server.address()));
    Machine.waitForever();
    return ExitCode.OK;
  }

  /** What the administrator should know before clients come. */
  private void tell(RunningServer server) {
    if (server.adminFailure() != null) {
      console.note("ferry copies will not find this server: " + server.adminFailure());
    }
    if (server.registryFailure() != null) {
      console.note("after a restart no client may reclaim: " + server.registryFailure());
    }
    if (server.clientsAwaited() > 0) {
      console.note(
          "new opens wait until clients of before have reclaimed: " + server.clientsAwaited());
    }
    switch (server.callerRules()) {
      case KERNEL -> {}
      case MODE_BITS ->
          console.note(
              "this root may not be other users (CAP_SETUID, CAP_SETGID, Linux 5.8), so it goes"
                  + " by mode bits and access control lists itself, and quotas bind nobody");
      case SERVER_USER ->
          console.note(
              "not root: every user of a client is user "
                  + Machine.uid()
                  + " here, with his rights, and new files are his");
    }
    if (!server.hasKernelHandles()) {
      console.note("filehandles come from an index");
    }
  }

  private ServeChoices choices() throws IOException {
    if (config == null) {
      if (directories.isEmpty() || check) {
        throw new IllegalArgumentException(
            check ? "--check is for a --config" : "serve what? a directory, or --config FILE");
      }
      return ofCommandLine();
    }
    Set<String> more = new TreeSet<>();
    if (spec != null) {
      for (var option : spec.commandLine().getParseResult().matchedOptions()) {
        more.add(option.longestName());
      }
    }
    more.removeAll(List.of("--config", "--check"));
    if (!more.isEmpty() || !directories.isEmpty()) {
      throw new IllegalArgumentException(
          "with --config all is said in the file, also " + (more.isEmpty() ? directories : more));
    }
    return ConfigFile.read(config);
  }

  private ServeChoices ofCommandLine() {
    @Nullable InetSocketAddress address = listen == null ? null : ListenAddress.parse(listen);
    List<ExportRule> rules = List.of(ExportRule.everybody(squash(address)));
    CopySourcePolicy copySource = CopySource.policy(copyTo);
    return new ServeChoices(
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
        CopyFrom.parse(copyFrom),
        announced.stream().map(CopySource::announced).toList(),
        idDomain,
        managesGids,
        admin);
  }

  private int end(RunningServer server) {
    try {
      server.close();
      return ExitCode.OK;
    } catch (IOException e) {
      console.error("while ending", e);
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
