package io.ferrynfs.client;

import com.sun.security.auth.module.UnixSystem;
import io.ferrynfs.client.file.RemoteFiles;
import io.ferrynfs.client.file.TransferSizes;
import io.ferrynfs.client.offload.OffloadTable;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.client.session.SessionOptions;
import io.ferrynfs.rpc.Credential;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Settings of a client. Each has a default that suits a local network. */
public final class NfsClientBuilder {

  private static final int TRANSFER_BYTES_MAX = 4 << 20;
  private static final int UNCOMMITTED_BYTES_DEFAULT = 64 << 20;
  private static final int OWNER_BYTES = 16;

  /** The world as it is, shared by all clients that are given no other. Its threads are daemons. */
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

  /** Clocks, threads, randomness and network; by default those of the system. */
  public NfsClientBuilder env(Env world) {
    this.env = world;
    return this;
  }

  /** The numeric user and groups of AUTH_SYS; by default those of this process. */
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

  /** 2 (default) or 1; a server that has only 1 is found by itself. */
  public NfsClientBuilder minorVersion(int minor) {
    this.minorVersion = between(1, minor, 2, "minor version");
    return this;
  }

  /** The bytes one READ asks for at most, up to 4 MiB; the server may allow less. Default 1 MiB. */
  public NfsClientBuilder readBytesMax(int bytes) {
    this.readBytesMax = between(4096, bytes, TRANSFER_BYTES_MAX, "bytes of a READ");
    return this;
  }

  /** The bytes one WRITE carries at most, up to 4 MiB; the server may allow less. Default 1 MiB. */
  public NfsClientBuilder writeBytesMax(int bytes) {
    this.writeBytesMax = between(4096, bytes, TRANSFER_BYTES_MAX, "bytes of a WRITE");
    return this;
  }

  /** READs or WRITEs in flight per stream, default 8. */
  public NfsClientBuilder window(int calls) {
    this.window = between(1, calls, 256, "calls in flight");
    return this;
  }

  /** Calls outstanding in the session at most, default 64; the server may allow less. */
  public NfsClientBuilder slots(int count) {
    this.slots = between(1, count, 1024, "slots");
    return this;
  }

  /**
   * The bytes an output stream keeps until they are durable, default 64 MiB: what the server loses
   * in a restart is written again from there.
   */
  public NfsClientBuilder uncommittedBytesMax(int bytes) {
    this.uncommittedBytesMax = between(1, bytes, Integer.MAX_VALUE, "uncommitted bytes");
    return this;
  }

  /** For one attempt to connect, and for the first answer over it; default 5 s. */
  public NfsClientBuilder connectTimeout(Duration timeout) {
    this.connectTimeout = positive(timeout);
    return this;
  }

  /** How long a call may wait without any answer before it fails, default 60 s. */
  public NfsClientBuilder progressTimeout(Duration timeout) {
    this.progressTimeout = positive(timeout);
    return this;
  }

  /**
   * Calls wait as long as the server is away, like those of a hard mount. They fail all the same
   * when the server is there and breaks connection after connection without an answer. Nor does
   * {@link #connect} wait: the first time the server has to be there.
   */
  public NfsClientBuilder waitForever() {
    this.progressTimeout = SessionOptions.FOR_EVER;
    return this;
  }

  /**
   * Sets a listener that is told when calls have waited for the server for some seconds, and when
   * they no longer do. It runs on the client's own thread, which it must not block, or on the
   * thread that closes the client.
   */
  public NfsClientBuilder onWaiting(Consumer<NfsWaiting> listener) {
    this.onWaiting = listener;
    return this;
  }

  private static Duration positive(Duration timeout) {
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("a time-out of " + timeout + " is none");
    }
    return timeout;
  }

  /**
   * co_ownerid: a name under which a later incarnation of this client is known to the server, so
   * that state of the earlier one is dropped at once. Default: random, never met again.
   */
  public NfsClientBuilder ownerName(String name) {
    this.ownerName = name;
    return this;
  }

  private static int between(int least, int value, int most, String what) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          what + ": " + value + " is not between " + least + " and " + most);
    }
    return value;
  }

  /**
   * Connects and makes a session.
   *
   * @throws NfsException saying what to do when there is no server, or none that speaks 4.1 or 4.2
   */
  public NfsClient connect(String host, int port) throws NfsException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new NfsException(NfsException.Reason.UNREACHABLE, 0, "there is no host called " + host);
    }
    return NfsErrors.await(connectAsync(address, name(host, port)));
  }

  private static String name(String host, int port) {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == NfsUrl.DEFAULT_PORT ? shown : shown + ":" + port;
  }

  /** Connects without waiting. The address must be resolved. */
  public CompletableFuture<NfsClient> connectAsync(InetSocketAddress address) {
    return connectAsync(address, name(address.getHostString(), address.getPort()));
  }

  private CompletableFuture<NfsClient> connectAsync(InetSocketAddress address, String name) {
    Env world = env == null ? Shared.ENV : env;
    SessionOptions options =
        new SessionOptions(
            address,
            credential == null ? ofThisProcess() : credential,
            ownerName.isEmpty() ? randomOwner(world) : Opaque.ofUtf8(ownerName),
            minorVersion,
            slots,
            Math.max(readBytesMax, writeBytesMax),
            connectTimeout,
            progressTimeout);
    TransferSizes wanted =
        new TransferSizes(readBytesMax, writeBytesMax, window, uncommittedBytesMax);
    Consumer<NfsWaiting> listener = onWaiting;
    OffloadTable offloads = new OffloadTable(world);
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
