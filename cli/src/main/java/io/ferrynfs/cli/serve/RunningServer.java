package io.ferrynfs.cli.serve;

import io.ferrynfs.cli.admin.AdminFolder;
import io.ferrynfs.cli.admin.AdminServer;
import io.ferrynfs.cli.base.ErrorText;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.storage.linux.CallerRules;
import io.ferrynfs.storage.linux.LinuxVolume;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server with its volumes and its environment, which are closed together and in order. */
public final class RunningServer implements AutoCloseable {
  private static final int NFS_PORT = 2049;

  /** The number of ports to try if 2049 is in use. */
  private static final int PORTS_TRIED_MAX = 100;

  /**
   * The settings of a server.
   *
   * @param exports the directories
   * @param listen the address, or null for port 2049 on loopback or the next free port
   * @param state the state folder
   * @param limits the limits for clients
   * @param options the options of the server
   * @param admin the folder of the administration socket
   */
  public record Settings(
      List<ServedDirectory> exports,
      @Nullable InetSocketAddress listen,
      StateFolder state,
      ServerLimits limits,
      ServerOptions options,
      AdminFolder admin) {}

  private final SystemEnv env = new SystemEnv();
  private @Nullable ServedExports exports;
  private @Nullable ServerFolder folder;
  private @Nullable NfsServer server;
  private @Nullable AdminServer admin;
  private @Nullable String adminFailure;

  private RunningServer() {}

  /** Opens the directories and listens. The exports cannot be reloaded. */
  public static RunningServer start(Settings settings) throws IOException {
    return start(settings, null);
  }

  /**
   * Opens the directories and listens.
   *
   * @param configSource the source of reloads, or null
   */
  public static RunningServer start(Settings settings, @Nullable ConfigSource configSource)
      throws IOException {
    RunningServer running = new RunningServer();
    try {
      running.open(settings, configSource);
      return running;
    } catch (IOException | RuntimeException e) {
      running.close();
      throw e;
    }
  }

  private void open(Settings settings, @Nullable ConfigSource configSource) throws IOException {
    NfsServer.Builder builder =
        NfsServer.builder(env).limits(settings.limits()).options(settings.options());
    ServedExports served = new ServedExports(env, settings.state());
    exports = served;
    served.openInitial(settings.exports()).forEach(builder::export);
    folder =
        ServerFolder.open(
            settings.state(),
            settings.exports().stream().map(ServedDirectory::directory).toList(),
            env.random());
    Opaque name = folder.identity(env.random());
    builder.identity(new ServerIdentity(name, name));
    builder.clientRegistry(folder.clients());
    server = listen(builder, settings.listen());
    NfsServer started = server;
    served.attach(started, folder, started::recoveryFailure, configSource);
    try {
      admin =
          AdminServer.open(
              env,
              settings.admin(),
              server.localAddress(),
              server.copies(),
              server.clients(),
              served,
              server::statistics);
    } catch (IOException e) {
      // Clients can use the server without the administration socket.
      adminFailure = ErrorText.text(e);
    }
  }

  private static NfsServer listen(NfsServer.Builder builder, @Nullable InetSocketAddress asked)
      throws IOException {
    if (asked != null) {
      try {
        return builder.listen(asked).start();
      } catch (SocketException e) {
        throw cannotListen(asked, e);
      }
    }
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    for (int port = NFS_PORT; ; port++) {
      try {
        return builder.listen(new InetSocketAddress(loopback, port)).start();
      } catch (BindException taken) {
        if (port == NFS_PORT + PORTS_TRIED_MAX) {
          throw cannotListen(new InetSocketAddress(loopback, port), taken);
        }
      }
    }
  }

  private static IOException cannotListen(InetSocketAddress address, IOException why) {
    String reason = String.valueOf(why.getMessage());
    // The JDK reports the errno only as its text, which may be in the user's language.
    String advice =
        switch (reason) {
          case "Permission denied" -> "ports below 1024 need root";
          case "Address already in use" -> "choose another port";
          default -> "the address must be one of this machine";
        };
    return new IOException(
        "cannot listen on " + ListenAddress.text(address) + ": " + reason + "; " + advice, why);
  }

  /** Returns the address on which the server listens. */
  public InetSocketAddress address() {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server.localAddress();
  }

  /** Returns whether all directories have filehandles of the kernel. */
  public boolean hasKernelHandles() {
    return volumes().stream().allMatch(LinuxVolume::hasKernelHandles);
  }

  /** Returns how the access of clients' users is decided; the weakest rule of all directories. */
  public CallerRules callerRules() {
    return volumes().stream()
        .map(LinuxVolume::callerRules)
        .max(Comparator.naturalOrder())
        .orElse(CallerRules.SERVER_USER);
  }

  /** Returns why there is no administration socket, or null. */
  public @Nullable String adminFailure() {
    return adminFailure;
  }

  /** Returns why clients cannot reclaim after a restart, or null. */
  public @Nullable String registryFailure() {
    return server == null ? null : server.recoveryFailure();
  }

  /** Returns the number of clients that may reclaim state from before the restart. */
  public int clientsAwaited() {
    return server == null ? 0 : server.clientsAwaited();
  }

  /** Closes the server first, because it uses the volumes. */
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
      if (folder != null) {
        folder.close();
      }
      if (exports != null) {
        exports.close();
      }
      env.close();
    }
  }

  private Collection<LinuxVolume> volumes() {
    return exports == null ? List.of() : exports.volumes();
  }
}
