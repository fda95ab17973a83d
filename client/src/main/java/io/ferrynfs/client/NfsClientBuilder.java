package io.ferrynfs.client;

import com.sun.security.auth.module.UnixSystem;
import io.ferrynfs.client.file.RemoteFiles;
import io.ferrynfs.client.file.TransferSizes;
import io.ferrynfs.client.offload.PendingOffloads;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.client.session.SessionOptions;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.rpc.limit.Limit;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builds clients. The defaults suit a local network. A builder is for one thread; it may connect
 * several times. Setters throw {@link IllegalArgumentException} for a value out of range.
 */
public final class NfsClientBuilder {

  private static final int TRANSFER_BYTES_MAX = 4 << 20;
  private static final int UNCOMMITTED_BYTES_DEFAULT = 64 << 20;
  private static final int OWNER_BYTES = 16;

  /** The default environment, shared by all clients. Its threads are daemons. */
  private static final class Shared {
    static final SystemEnv ENV = new SystemEnv();
  }

  private @Nullable Env env;
  private @Nullable Credential credential;
  private int minorVersion = 2;
  private int readBytesMax = 1 << 20;
  private int writeBytesMax = 1 << 20;
  private int window = 8;
  private int slots = 64;
  private int uncommittedBytesMax = UNCOMMITTED_BYTES_DEFAULT;
  private Duration connectTimeout = Duration.ofSeconds(5);
  private Duration progressTimeout = Duration.ofSeconds(60);
  private Consumer<NfsWaiting> onWaiting = waiting -> {};
  private String ownerName = "";

  NfsClientBuilder() {}

  /**
   * Sets clocks, threads, randomness and network. Default: those of the system. The caller keeps
   * the environment open while the client is.
   */
  public NfsClientBuilder env(Env environment) {
    this.env = Objects.requireNonNull(environment);
    return this;
  }

  /**
   * Sets the user and groups of the AUTH_SYS credential (RFC 5531 appendix A). Default: those of
   * this process.
   *
   * @param userId the user id, as an unsigned number
   * @param groupId the group id, as an unsigned number
   * @param groupIds the supplementary groups; AUTH_SYS carries the first 16
   */
  public NfsClientBuilder user(int userId, int groupId, List<Integer> groupIds) {
    this.credential = sys(userId, groupId, groupIds.stream().map(Integer::toUnsignedLong).toList());
    return this;
  }

  private static Credential sys(long uid, long gid, List<Long> gids) {
    return new Credential.Sys(
        0,
        Opaque.ofUtf8("ferry"),
        uid & 0xFFFF_FFFFL,
        gid & 0xFFFF_FFFFL,
        gids.stream().limit(Credential.Sys.GIDS_MAX).toList());
  }

  private static Credential ofThisProcess() {
    UnixSystem system = new UnixSystem();
    return sys(
        system.getUid(), system.getGid(), Arrays.stream(system.getGroups()).boxed().toList());
  }

  /**
   * Sets the highest minor version, 1 or 2. Default 2; the client falls back to 1 if the server
   * does not support 2.
   */
  public NfsClientBuilder minorVersion(int minor) {
    this.minorVersion = Limit.between(1, "minorVersion", minor, 2);
    return this;
  }

  /**
   * Sets the maximum number of bytes of one READ, from 4096 to 4 MiB. Default 1 MiB. The server may
   * grant less.
   */
  public NfsClientBuilder readBytesMax(int bytes) {
    this.readBytesMax = Limit.between(4096, "readBytesMax", bytes, TRANSFER_BYTES_MAX);
    return this;
  }

  /**
   * Sets the maximum number of bytes of one WRITE, from 4096 to 4 MiB. Default 1 MiB. The server
   * may grant less.
   */
  public NfsClientBuilder writeBytesMax(int bytes) {
    this.writeBytesMax = Limit.between(4096, "writeBytesMax", bytes, TRANSFER_BYTES_MAX);
    return this;
  }

  /** Sets the number of concurrent READs or WRITEs of one stream, from 1 to 256. Default 8. */
  public NfsClientBuilder window(int calls) {
    this.window = Limit.between(1, "window", calls, 256);
    return this;
  }

  /**
   * Sets the maximum number of concurrent requests of the session, from 1 to 1024. Default 64. The
   * server may grant less.
   */
  public NfsClientBuilder slots(int count) {
    this.slots = Limit.between(1, "slots", count, 1024);
    return this;
  }

  /**
   * Sets the maximum number of bytes that an output stream keeps until they are durable. Default 64
   * MiB. The stream writes them again if the server loses them in a restart.
   */
  public NfsClientBuilder uncommittedBytesMax(int bytes) {
    this.uncommittedBytesMax = Limit.positive("uncommittedBytesMax", bytes);
    return this;
  }

  /**
   * Sets the time-out of one attempt to connect, and of the first reply on a new connection.
   * Default 5 s.
   */
  public NfsClientBuilder connectTimeout(Duration timeout) {
    this.connectTimeout = Limit.positive("connectTimeout", timeout);
    return this;
  }

  /** Sets how long a request may be pending without progress before it fails. Default 60 s. */
  public NfsClientBuilder progressTimeout(Duration timeout) {
    this.progressTimeout = Limit.positive("progressTimeout", timeout);
    return this;
  }

  /**
   * Makes requests wait for an unreachable or silent server without a time-out, as on a hard mount.
   * They still fail if the server is reachable and ends one connection after another without a
   * reply. {@link #connect} does not wait either.
   */
  public NfsClientBuilder waitForever() {
    this.progressTimeout = SessionOptions.FOREVER;
    return this;
  }

  /**
   * Sets a listener to notices that requests wait for the server. It runs on a thread of the
   * client, which it must not block, or on the thread that closes the client. Default: none.
   */
  public NfsClientBuilder onWaiting(Consumer<NfsWaiting> listener) {
    this.onWaiting = Objects.requireNonNull(listener);
    return this;
  }

  /**
   * Sets co_ownerid (RFC 8881 section 2.4). If a later client uses the same name, the server
   * discards the state of the earlier one at once. Default: a random name.
   */
  public NfsClientBuilder ownerName(String name) {
    this.ownerName = Objects.requireNonNull(name);
    return this;
  }

  /**
   * Connects, creates a session, and blocks until it is usable.
   *
   * @param host a host name or address, without brackets
   * @param port the TCP port, usually {@link NfsUrl#DEFAULT_PORT}
   * @throws NfsException with {@link NfsException.Reason#UNREACHABLE} if there is no such host or
   *     no NFS server, {@link NfsException.Reason#UNSUPPORTED} (NFS4ERR_MINOR_VERS_MISMATCH) if the
   *     server has neither NFSv4.1 nor NFSv4.2, {@link NfsException.Reason#ACCESS_DENIED} if it
   *     rejects the credential, or {@link NfsException.Reason#TIMED_OUT}
   */
  public NfsClient connect(String host, int port) throws NfsException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new NfsException(NfsException.Reason.UNREACHABLE, 0, "no such host: " + host);
    }
    return NfsErrors.await(connectAsync(address, name(host, port)));
  }

  private static String name(String host, int port) {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == NfsUrl.DEFAULT_PORT ? shown : shown + ":" + port;
  }

  /**
   * Does what {@link #connect} does, without blocking.
   *
   * @param address the server's address, resolved
   */
  public CompletableFuture<NfsClient> connectAsync(InetSocketAddress address) {
    return connectAsync(address, name(address.getHostString(), address.getPort()));
  }

  private CompletableFuture<NfsClient> connectAsync(InetSocketAddress address, String name) {
    Env world = env == null ? Shared.ENV : env;
    SessionOptions options =
        SessionOptions.builder(
                address,
                credential == null ? ofThisProcess() : credential,
                ownerName.isEmpty() ? randomOwner(world) : Opaque.ofUtf8(ownerName))
            .minorVersion(minorVersion)
            .slotsMax(slots)
            .transferBytesMax(Math.max(readBytesMax, writeBytesMax))
            .connectTimeout(connectTimeout)
            .progressTimeout(progressTimeout)
            .build();
    TransferSizes wanted =
        new TransferSizes(readBytesMax, writeBytesMax, window, uncommittedBytesMax);
    Consumer<NfsWaiting> listener = onWaiting;
    PendingOffloads offloads = new PendingOffloads(world);
    ClientCallbacks callbacks = new ClientCallbacks(offloads);
    CompletableFuture<NfsClient> connected =
        ServerSession.open(world, options, callbacks)
            .thenCompose(session -> {
              callbacks.session(session);
              session.onWaiting(waiting ->
                  listener.accept(
                      new NfsWaiting(name, waiting.since(), waiting.reason(), waiting.isOver())));
              return RemoteFiles.of(session, wanted, world.random()::bytes)
                  .whenComplete((files, failure) -> {
                    if (failure != null) {
                      var _ = session.close();
                    }
                  });
            })
            .thenApply(files -> {
              callbacks.files(files);
              return new RemoteClient(files, offloads, name);
            });
    return NfsErrors.named("cannot connect to nfs://" + name, connected);
  }

  private static Opaque randomOwner(Env world) {
    return Opaque.ofUtf8("ferry/" + HexFormat.of().formatHex(world.random().bytes(OWNER_BYTES)));
  }
}
