package ferry.cli.serve;

import ferry.cli.admin.AdminFolder;
import ferry.cli.admin.AdminServer;
import ferry.cli.base.Failures;
import ferry.rpc.env.SystemEnv;
import ferry.server.NfsServer;
import ferry.server.config.ServerIdentity;
import ferry.server.config.ServerLimits;
import ferry.server.config.ServerOptions;
import ferry.server.export.ExportTable;
import ferry.server.recovery.StoredClientRegistry;
import ferry.storage.StorageException;
import ferry.storage.linux.CallerRules;
import ferry.storage.linux.LinuxVolume;
import ferry.storage.linux.Options;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server with its volumes and its environment, closed together and in order. */
public final class RunningServer implements AutoCloseable {
  private static final int NFS_PORT = 2049;

  /** How many ports are tried when none was asked for and 2049 is taken. */
  private static final int PORTS_TRIED_MAX = 100;

  /**
   * What the command line asks for.
   *
   * @param exports the directories
   * @param listen where, or null for the usual port on loopback or the next free one
   * @param state where to keep what outlives the server
   * @param limits bounds of what clients may use
   * @param options choices of the administrator
   * @param admin where the administrator finds it
   */
  public record Settings(
      List<ServedDirectory> exports,
      @Nullable InetSocketAddress listen,
      StateFolder state,
      ServerLimits limits,
      ServerOptions options,
      AdminFolder admin) {}

  private final SystemEnv env = new SystemEnv();
  private final List<LinuxVolume> volumes = new ArrayList<>();
  private @Nullable NfsServer server;
  private @Nullable AdminServer admin;
  private @Nullable String adminFailure;
  private @Nullable StoredClientRegistry registry;
  private @Nullable String registryFailure;

  private RunningServer() {}

  /** Opens the directories and listens. */
  public static RunningServer start(Settings settings) throws IOException {
    RunningServer running = new RunningServer();
    try {
      running.open(settings);
      return running;
    } catch (IOException | RuntimeException e) {
      running.close();
      throw e;
    }
  }

  private void open(Settings settings) throws IOException {
    NfsServer.Builder builder =
        NfsServer.builder(env).limits(settings.limits()).options(settings.options());
    for (ServedDirectory export : settings.exports()) {
      Options options = Options.of(settings.state().ofExport(export.directory()));
      LinuxVolume volume = LinuxVolume.open(export.directory(), options);
      volumes.add(volume);
      builder.export(
          export.path(), new ExportTable.Entry(volume, export.rules(), export.copySource()));
    }
    var name = settings.state().identity(settings.exports().getFirst().directory(), env.random());
    builder.identity(new ServerIdentity(name, name));
    try {
      Path file = settings.state().clients(settings.exports().getFirst().directory());
      registry = StoredClientRegistry.open(file);
      builder.clientRegistry(registry);
    } catch (IOException e) {
      // Clients that cannot reclaim open their files anew, which nearly always is as good.
      registryFailure = Failures.text(e);
    }
    server = listen(builder, settings.listen());
    try {
      admin =
          AdminServer.open(
              env, settings.admin(), server.localAddress(), server.copies(), server.clients());
    } catch (IOException e) {
      // Files are served all the same: that is what the clients wait for.
      adminFailure = Failures.text(e);
    }
  }

  private static NfsServer listen(NfsServer.Builder builder, @Nullable InetSocketAddress asked)
      throws IOException {
    if (asked != null) {
      return builder.listen(asked).start();
    }
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    for (int port = NFS_PORT; ; port++) {
      try {
        return builder.listen(new InetSocketAddress(loopback, port)).start();
      } catch (BindException taken) {
        if (port == NFS_PORT + PORTS_TRIED_MAX) {
          throw taken;
        }
      }
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server.localAddress();
  }

  /** Whether filehandles are those of the kernel, for all directories. */
  public boolean hasKernelHandles() {
    return volumes.stream().allMatch(LinuxVolume::hasKernelHandles);
  }

  /** Who decides what clients' users may do; the least of all directories. */
  public CallerRules callerRules() {
    return volumes.stream()
        .map(LinuxVolume::callerRules)
        .max(Comparator.naturalOrder())
        .orElse(CallerRules.SERVER_USER);
  }

  /** Why its administrator cannot find it, or null. */
  public @Nullable String adminFailure() {
    return adminFailure;
  }

  /** Why its clients cannot reclaim after a restart, or null. */
  public @Nullable String registryFailure() {
    return registryFailure;
  }

  /** How many clients may reclaim now what they had open before the restart. */
  public int clientsAwaited() {
    return server == null ? 0 : server.clientsAwaited();
  }

  /** Ends the server first, so that nothing uses a volume that is closed. */
  @Override
  public void close() throws IOException {
    if (admin != null) {
      admin.close();
    }
    try {
      if (server != null) {
        server.close();
      }
    } finally {
      if (registry != null) {
        registry.close();
      }
      closeVolumes();
      env.close();
    }
  }

  private void closeVolumes() throws IOException {
    @Nullable IOException failure = null;
    for (LinuxVolume volume : volumes) {
      try {
        volume.close();
      } catch (StorageException e) {
        failure = new IOException("a directory's state could not be saved: " + e.getMessage(), e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
