package io.ferrynfs.server.source;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.backchannel.CallbackHandler;
import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.client.session.SessionOptions;
import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.server.source.SourceFailure.Kind;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.Getattr4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The sources of which this server is a client, by address. All copies from a source share one
 * session, which is kept for a while after the last copy (I-017).
 *
 * <p>A link is connecting, used, idle or ended. The first copy from a source connects without
 * holding any shared resource, and later copies wait for the same attempt. A link that cannot
 * connect, or whose source stops replying, is removed before the futures complete, so that the next
 * copy connects again. The expiry timer checks under the lock whether the link is idle, so a
 * concurrent copy either keeps the link or creates another one.
 *
 * <p>The lock is never held while anything is sent, closed or completed.
 */
final class SourceLinks {
  private static final int SLOTS_MAX = 64;
  private static final int READ_BYTES_MIN = 4096;
  private static final int LEASE_SECONDS_MAX = 3600;
  private static final int MINOR_VERSION = 2;
  private static final int OWNER_HASH_BYTES = 16;

  /** The credential for sessions. READ uses that of the user of the copy. */
  private static final Credential MACHINE =
      new Credential.Sys(0, Opaque.ofUtf8("ferry"), 0, 0, List.of());

  private static final Bitmap4 ASKED =
      Bitmap4.of(Attrs.LEASE_TIME.number(), Attrs.MAXREAD.number());

  private final Env env;
  private final SourceLimits limits;
  private final ServerIdentity self;
  private final ReadBuffers buffers;

  @GuardedBy("this")
  private final Map<InetSocketAddress, SourceLink> links = new LinkedHashMap<>();

  /** The numbers of the links that have not ended, including discarded links. */
  @GuardedBy("this")
  private final Map<InetSocketAddress, BitSet> numbers = new HashMap<>();

  @GuardedBy("this")
  private final SourceClientShares shares;

  @GuardedBy("this")
  private boolean closed;

  /** The sessions that are being destroyed. */
  private final Map<ServerSession, CompletableFuture<Void>> endings = new ConcurrentHashMap<>();

  SourceLinks(Env env, SourceLimits limits, ServerIdentity self) {
    this.env = env;
    this.limits = limits;
    this.self = self;
    this.buffers = new ReadBuffers(limits);
    this.shares = new SourceClientShares(limits.linksPerClientMax());
  }

  /** The use of a link by a copy, until it is closed. */
  final class Use implements AutoCloseable {
    private final long clientid;
    private final SourceLink link;
    private final SourceLink.Connected connected;
    private final AtomicBoolean isReleased = new AtomicBoolean();

    private Use(long clientid, SourceLink link, SourceLink.Connected connected) {
      this.clientid = clientid;
      this.link = link;
      this.connected = connected;
    }

    InetSocketAddress address() {
      return link.address;
    }

    ServerSession session() {
      return connected.session();
    }

    int readBytes() {
      return connected.readBytes();
    }

    /** Returns whether the source is this server. */
    boolean isSelf() {
      return connected.isSelf();
    }

    ReadBuffers.Share buffers() {
      return link.buffers;
    }

    /**
     * Discards the link because the source does not reply, so that the next copy connects again.
     */
    void discard() {
      SourceLinks.this.discard(link);
    }

    @Override
    public void close() {
      if (isReleased.compareAndSet(false, true)) {
        release(clientid, link);
      }
    }
  }

  /**
   * Returns a connected link to an address. The future fails with a {@link SourceFailure}.
   *
   * @param clientid the client of the copy
   */
  CompletableFuture<Use> acquire(long clientid, InetSocketAddress address) {
    SourceLink link;
    boolean isNew = false;
    @Nullable SourceLink evicted = null;
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(
            new SourceFailure(Kind.BUSY, "the server is about to end"));
      }
      if (!shares.hasRoom(clientid, address)) {
        return CompletableFuture.failedFuture(
            new SourceFailure(Kind.BUSY, "too many sources of one client at once"));
      }
      link = links.get(address);
      if (link == null) {
        if (links.size() >= limits.linksMax()) {
          evicted = oldestIdle();
          if (evicted == null) {
            return CompletableFuture.failedFuture(
                new SourceFailure(Kind.BUSY, "too many sources at once"));
          }
          forget(evicted);
        }
        link = new SourceLink(address, freeNumber(address), buffers.share());
        links.put(address, link);
        isNew = true;
      }
      link.uses++;
      shares.take(clientid, address);
      if (link.expiry != null) {
        link.expiry.cancel();
        link.expiry = null;
      }
    }
    if (evicted != null) {
      end(evicted);
    }
    if (isNew) {
      connect(link);
    }
    SourceLink wanted = link;
    return wanted.connected.handle((connected, failure) -> {
      if (failure != null) {
        release(clientid, wanted);
        throw new CompletionException(SourceFailure.of(failure));
      }
      return new Use(clientid, wanted, connected);
    });
  }

  /**
   * Takes a number that no other link to the address has until it ends. The caller holds the lock.
   */
  @GuardedBy("this")
  private int freeNumber(InetSocketAddress address) {
    BitSet taken = numbers.computeIfAbsent(address, _ -> new BitSet());
    int number = taken.nextClearBit(0);
    taken.set(number);
    return number;
  }

  @GuardedBy("this")
  private @Nullable SourceLink oldestIdle() {
    for (SourceLink link : links.values()) {
      if (link.uses == 0) {
        return link;
      }
    }
    return null;
  }

  /** Removes a link, so that no copy finds it. The caller holds the lock. */
  @GuardedBy("this")
  private void forget(SourceLink link) {
    links.remove(link.address, link);
    link.isDiscarded = true;
    if (link.expiry != null) {
      link.expiry.cancel();
      link.expiry = null;
    }
  }

  private void connect(SourceLink link) {
    CompletableFuture<ServerSession> opening =
        ServerSession.open(env, options(link), new NoCallbacks());
    CompletableFuture<SourceLink.Connected> greeting =
        opening.thenCompose(
            session -> readLimits(session).thenApply(read -> connected(session, read)));
    CompletableFuture<Void> timeIsOver = new CompletableFuture<>();
    var overdue =
        env.timers()
            .schedule(
                limits.connectTimeMax(),
                () -> {
                  // Either future may be the slow one.
                  opening.cancel(true);
                  greeting.cancel(true);
                  timeIsOver.complete(null);
                });
    var _ =
        greeting.whenComplete((connected, failure) -> {
          if (failure == null) {
            overdue.cancel();
            succeeded(link, connected);
          } else {
            var _ = opening.thenAccept(this::end);
            // The failure is reported after the same time in all cases. Otherwise clients could use
            // COPY to find open ports that only this server can reach.
            var _ = timeIsOver.thenRun(() -> failed(link, failure));
          }
        });
  }

  private SessionOptions options(SourceLink link) {
    return SessionOptions.builder(link.address, MACHINE, owner(link))
        .minorVersion(MINOR_VERSION)
        .slotsMax(SLOTS_MAX)
        .transferBytesMax(ReadBuffers.BUFFER_BYTES)
        .connectTimeout(limits.connectTimeMax())
        .progressTimeout(limits.answerTimeMax())
        .reservedPort(true)
        .build();
  }

  /**
   * Returns the co_ownerid of a link. It is the same after a restart of this server, so that the
   * source discards the state of the former instance. It differs from that of another link that
   * copies still use. The source would otherwise take the new link for a restart of this client
   * (RFC 8881 section 18.35.4) and end the session of the old link. That link would connect again
   * and end the session of the new one, and so on.
   *
   * <p>It is a digest. So a target that the client chose learns no name of this server from it, and
   * two targets cannot find out that the same server connected to them.
   */
  private Opaque owner(SourceLink link) {
    String known =
        self.majorId().toHex()
            + " of "
            + link.address.getAddress().getHostAddress()
            + " "
            + link.address.getPort()
            + (link.number == 0 ? "" : " link " + link.number);
    return Opaque.ofUtf8("NFSv4.2 client " + digest(known));
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, OWNER_HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }

  /**
   * Returns the maximum size of a READ. If the source does not report maxread, the size of a reply
   * is the limit.
   */
  private CompletableFuture<Integer> readLimits(ServerSession session) {
    Compound question =
        Compound.of(new NfsArgop4.Putrootfh(), new NfsArgop4.Getattr(new Getattr4Args(ASKED)))
            .build();
    return session.attempt(question).thenApply(answer -> readBytes(session, answer));
  }

  private static int readBytes(ServerSession session, Results answer) {
    long bytes = Math.min(ReadBuffers.BUFFER_BYTES, session.resultBytesMax());
    try {
      FileAttributes limits = FileAttributes.at(answer, 1);
      Long lease = limits.get(Attrs.LEASE_TIME);
      if (lease != null && lease > 0) {
        session.leaseSeconds((int) Math.min(lease, LEASE_SECONDS_MAX));
      }
      Long read = limits.get(Attrs.MAXREAD);
      if (read != null && read > 0) {
        bytes = Math.min(bytes, read);
      }
    } catch (CallException e) {
      // The root of the source may be inaccessible although the file is not.
      bytes = Math.min(bytes, ReadBuffers.BUFFER_BYTES);
    }
    return (int) Math.max(READ_BYTES_MIN, bytes);
  }

  private SourceLink.Connected connected(ServerSession session, int readBytes) {
    boolean isSelf =
        session.identity().ownerMajor().equals(self.majorId())
            && session.identity().scope().equals(self.scope());
    return new SourceLink.Connected(session, readBytes, isSelf);
  }

  private void succeeded(SourceLink link, SourceLink.Connected connected) {
    boolean isWanted;
    synchronized (this) {
      isWanted = !closed;
      if (connected.isSelf()) {
        forget(link);
      }
    }
    if (isWanted) {
      link.connected.complete(connected);
    } else {
      end(connected.session());
      link.connected.completeExceptionally(
          new SourceFailure(Kind.BUSY, "the server is about to end"));
    }
  }

  private void failed(SourceLink link, Throwable failure) {
    synchronized (this) {
      forget(link);
    }
    link.connected.completeExceptionally(
        new SourceFailure(
            Kind.UNABLE,
            "cannot connect to " + HostText.of(link.address) + ": " + reason(failure)));
  }

  private String reason(Throwable failure) {
    Throwable cause = CallFailures.cause(failure);
    if (cause instanceof CancellationException) {
      return "no answer of an NFS server within " + limits.connectTimeMax().toSeconds() + " s";
    }
    return CallFailures.words(cause);
  }

  private void discard(SourceLink link) {
    boolean isIdle;
    synchronized (this) {
      // The READ that detects the failure may belong to a copy that has already ended.
      isIdle = link.uses == 0 && !link.isDiscarded;
      forget(link);
    }
    if (isIdle) {
      end(link);
    }
  }

  private void release(long clientid, SourceLink link) {
    synchronized (this) {
      shares.giveBack(clientid, link.address);
      link.uses--;
      if (link.uses > 0) {
        return;
      }
      if (!link.isDiscarded) {
        // Moves the link to the end of the table, which is in the order of last use.
        links.remove(link.address, link);
        links.put(link.address, link);
        link.expiry = env.timers().schedule(limits.keep(), () -> expire(link));
        return;
      }
    }
    end(link);
  }

  private void expire(SourceLink link) {
    synchronized (this) {
      if (link.uses > 0 || link.isDiscarded) {
        return;
      }
      link.expiry = null;
      forget(link);
    }
    end(link);
  }

  /** Ends a link that is not in the table, or that has no uses. */
  private void end(SourceLink link) {
    synchronized (this) {
      BitSet taken = numbers.get(link.address);
      if (taken != null) {
        taken.clear(link.number);
        if (taken.isEmpty()) {
          numbers.remove(link.address);
        }
      }
    }
    if (!link.connected.isCompletedExceptionally()) {
      var _ = link.connected.thenAccept(connected -> end(connected.session()));
    }
  }

  /** Sends DESTROY_SESSION and DESTROY_CLIENTID, in a bounded time. */
  private void end(ServerSession session) {
    CompletableFuture<Void> ending = session.close();
    endings.put(session, ending);
    var _ = ending.whenComplete((done, failure) -> endings.remove(session));
  }

  /** Ends all links, including those in use. */
  CompletableFuture<Void> close() {
    List<SourceLink> all = new ArrayList<>();
    synchronized (this) {
      closed = true;
      for (Iterator<SourceLink> left = links.values().iterator(); left.hasNext(); ) {
        SourceLink link = left.next();
        left.remove();
        forget(link);
        all.add(link);
      }
    }
    all.forEach(this::end);
    return CompletableFuture.allOf(endings.values().toArray(new CompletableFuture<?>[0]));
  }

  /** Returns whether there is already a link to an address. */
  synchronized boolean isConnected(InetSocketAddress address) {
    SourceLink link = links.get(address);
    return link != null && link.connected.state() == Future.State.SUCCESS;
  }

  long bytesPiped() {
    return buffers.pipedBytes();
  }

  /** Returns the number of sources of which this server is a client. */
  synchronized int count() {
    return links.size();
  }

  /** A reader has no state to recall, and no copies at the source. */
  private static final class NoCallbacks implements CallbackHandler {
    @Override
    public Nfsstat4 recall(CbRecall4Args args) {
      return Nfsstat4.NFS4ERR_BAD_STATEID;
    }

    @Override
    public Nfsstat4 offload(CbOffload4Args args, Executor afterReply) {
      return Nfsstat4.NFS4ERR_BAD_STATEID;
    }
  }
}
