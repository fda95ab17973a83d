package io.ferrynfs.cli.admin;

import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcServer;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.StreamLimits;
import io.ferrynfs.server.ClientDirectory;
import io.ferrynfs.server.CopyDirectory;
import io.ferrynfs.server.ServerStatistics;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.function.Supplier;

/** The administration socket of a running server. */
public final class AdminServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.ferrynfs.cli.admin");

  /** Only one user has access and needs few connections. */
  static final int CONNECTIONS_MAX = 8;

  private static final int CALLS_PER_CONNECTION_MAX = 4;
  private static final int REQUEST_BYTES_MAX = 4096;
  private static final Duration STALL_TIME_MAX = Duration.ofSeconds(5);

  private static final RpcLimits LIMITS =
      RpcLimits.DEFAULT.toBuilder().stream(
              StreamLimits.DEFAULT.toBuilder()
                  .recordBytesMax(REQUEST_BYTES_MAX)
                  .partialRecordTimeMax(STALL_TIME_MAX)
                  .sendStallTimeMax(STALL_TIME_MAX)
                  .build())
          .connectionsMax(CONNECTIONS_MAX)
          .callsOutgoingMax(1)
          .callsIncomingMax(CALLS_PER_CONNECTION_MAX)
          .build();

  private final Path socket;
  private final RpcServer rpc;

  private AdminServer(Path socket, RpcServer rpc) {
    this.socket = socket;
    this.rpc = rpc;
  }

  /**
   * Creates the socket for the server at this address. A stale socket is replaced.
   *
   * @throws IOException if another server uses the socket, or the folder is not private
   */
  public static AdminServer open(
      Env env,
      AdminFolder folder,
      InetSocketAddress server,
      CopyDirectory copies,
      ClientDirectory clients,
      ExportDirectory exports,
      Supplier<ServerStatistics> statistics)
      throws IOException {
    folder.make();
    Path socket = folder.socket(server);
    if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      if (isAlive(env, socket)) {
        throw new BindException(socket + " is in use by another server");
      }
      Files.delete(socket);
    }
    RpcServer rpc =
        RpcServer.listen(
            env,
            UnixDomainSocketAddress.of(socket),
            LIMITS,
            new AdminProgram(copies, clients, exports, statistics));
    AdminServer made = new AdminServer(socket, rpc);
    try {
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /** Returns whether a server uses the socket. A server that is too busy to accept uses it, too. */
  private static boolean isAlive(Env env, Path socket) throws IOException {
    try (AdminClient _ = AdminClient.connect(env, socket)) {
      return true;
    } catch (RpcException e) {
      return !(e.getCause() instanceof ConnectException);
    }
  }

  /** Returns the path of the socket. */
  public Path socket() {
    return socket;
  }

  /** Deletes the socket before it stops to listen, so that no client finds a stale socket. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot remove " + socket, e);
    }
    rpc.close();
  }
}
