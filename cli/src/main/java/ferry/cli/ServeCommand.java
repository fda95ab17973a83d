package ferry.cli;

import ferry.cli.admin.AdminFolder;
import ferry.cli.base.ExitCode;
import ferry.cli.base.Machine;
import ferry.cli.serve.CopyFrom;
import ferry.cli.serve.CopySource;
import ferry.cli.serve.ExportArgument;
import ferry.cli.serve.ListenAddress;
import ferry.cli.serve.RunningServer;
import ferry.cli.serve.StateFolder;
import ferry.cli.serve.UserDatabase;
import ferry.server.access.IdMapper;
import ferry.server.access.Squash;
import ferry.server.config.CopyLimits;
import ferry.server.config.ServerLimits;
import ferry.server.config.ServerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    name = "serve",
    description = {
      "Serve directories over NFSv4.1 and 4.2.",
      "Runs in the foreground, until SIGTERM or SIGINT.",
      "Ready when it prints \"listening on HOST:PORT\"."
    })
final class ServeCommand extends Command {
  private static final long COPY_RATE_MIB_MAX = 1 << 20;

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
      description = {
        "Whom to take for nobody: ${COMPLETION-CANDIDATES}",
        "(none on loopback, else root)."
      })
  private @Nullable SquashChoice squash;

  @Option(
      names = "--lease",
      paramLabel = "SECONDS",
      defaultValue = "90",
      description = "How long a silent client keeps its files open (${DEFAULT-VALUE}).")
  private int leaseSeconds = 90;

  @Option(
      names = "--copy-rate",
      paramLabel = "MIB",
      defaultValue = "0",
      description = {
        "How many MiB a second the copies that clients have the server make may move, all",
        "together; 0 for no bound (${DEFAULT-VALUE})."
      })
  private long copyRateMib;

  @Option(
      names = "--copy-rules",
      defaultValue = "linux",
      description = {
        "How strict COPY is about ranges beyond the end and one file twice:",
        "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})."
      })
  private CopyRulesChoice copyRules = CopyRulesChoice.linux;

  @Option(
      names = "--copy-to",
      paramLabel = "NETWORK",
      description = {
        "From where other servers may read for clients that copy to them, as 10.0.0.0/8, several",
        "times; or none (any)."
      })
  private List<String> copyTo = List.of();

  @Option(
      names = "--announce",
      paramLabel = "HOST[:PORT]",
      description = {
        "Where such servers reach this one, several times",
        "(the address that the client uses, which comes last otherwise)."
      })
  private List<String> announced = List.of();

  @Option(
      names = "--copy-from",
      paramLabel = "NETWORK",
      description = {
        "From where files of other servers may be copied for clients, as 10.0.0.0/8, several",
        "times; local: this machine's own networks (the default); or none."
      })
  private List<String> copyFrom = List.of();

  @Option(
      names = "--id-domain",
      paramLabel = "DOMAIN",
      description = {
        "Send and take owners and groups as name@DOMAIN, by this machine's users and groups",
        "(numbers, which are always taken)."
      })
  private @Nullable String idDomain;

  @Option(
      names = "--admin",
      paramLabel = "DIR",
      description = "Where to put the socket for ferry copies.")
  private @Nullable Path admin;

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "A directory to serve as /, or several as /name=DIR.")
  private List<String> directories = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (leaseSeconds < 5 || leaseSeconds > 3600) {
      throw new IllegalArgumentException("--lease is between 5 and 3600 seconds");
    }
    if (copyRateMib < 0 || copyRateMib > COPY_RATE_MIB_MAX) {
      throw new IllegalArgumentException("--copy-rate is between 0 and " + COPY_RATE_MIB_MAX);
    }
    @Nullable InetSocketAddress address = listen == null ? null : ListenAddress.parse(listen);
    RunningServer server =
        RunningServer.start(
            new RunningServer.Settings(
                ExportArgument.parse(directories),
                address,
                new StateFolder(state == null ? StateFolder.usual() : state),
                squash(address),
                CopySource.policy(copyTo),
                limits(),
                options(),
                admin == null ? AdminFolder.usual() : AdminFolder.toServeIn(admin)));
    var _ = Machine.onTermination(() -> end(server));
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
    if (!server.hasKernelHandles()) {
      console.note("filehandles come from an index, and all is done as this user");
    }
    console.line("listening on " + ListenAddress.text(server.address()));
    Machine.waitForever();
    return ExitCode.OK;
  }

  private ServerOptions options() throws IOException {
    return new ServerOptions(
            copyRules == CopyRulesChoice.linux
                ? ServerOptions.CopyRules.LINUX
                : ServerOptions.CopyRules.RFC7862)
        .withAnnounced(announced.stream().map(CopySource::announced).toList())
        .withCopySources(CopyFrom.parse(copyFrom))
        .withIds(idDomain == null ? IdMapper.NUMBERS : UserDatabase.of(idDomain));
  }

  private ServerLimits limits() {
    return ServerLimits.defaults()
        .withLeaseSeconds(leaseSeconds)
        .withCopies(CopyLimits.defaults().withBytesPerSecondMax(copyRateMib << 20));
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
