package io.ferrynfs.client.copy;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.file.Futures;
import io.ferrynfs.client.file.RemoteFiles;
import io.ferrynfs.client.file.RemoteOpenFile;
import io.ferrynfs.client.offload.OffloadCancellation;
import io.ferrynfs.client.offload.PendingOffloads;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.PeerIdentity;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.rpc.address.UniversalAddress;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Resok;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The source of a copy between two servers (RFC 7862 section 4.5). COPY_NOTIFY announces to the
 * source server that the destination server will read, and COPY carries the returned stateid and
 * addresses unchanged (K-005, K-006).
 *
 * <p>One COPY_NOTIFY serves several COPYs (N-028), until the source server may have lost the
 * stateid: a restart changes the client id and the stateid of the open (C10, K-021), and a COPY may
 * fail because of it (K-011). In doubt, a GETATTR of the file waits for the source server's
 * recovery and grace period, because the session sends nothing before (K-022), and the ids are then
 * compared.
 *
 * <p>OFFLOAD_CANCEL releases the stateid in the background when it is no longer needed (X-016,
 * A CLOSE that follows at once releases it, too (RFC 7862 section 4.3.1).
 */
final class NotifiedSource implements ServerCopySource {

  private static final int CANCEL_ATTEMPTS_MAX = 5;
  private static final int RENEWALS_MAX = 1;
  private static final int PUT_SOURCE_AT = 0;

  /** A refusal that takes longer suggests that the destination cannot reach the source. */
  private static final Duration SLOW_REFUSAL = Duration.ofSeconds(2);

  /** Other files skip the attempt until then. */
  private static final Duration DEFER_TIME = Duration.ofMinutes(1);

  /**
   * The reply to COPY_NOTIFY.
   *
   * @param stateid the stateid for COPY
   * @param addresses the addresses of the source server
   * @param parent the stateid of the client's open
   * @param clientid the client id of that open
   */
  record Notice(Stateid4 stateid, List<Netloc4> addresses, Stateid4 parent, long clientid) {
    /** Returns the reply to a COPY_NOTIFY that was just sent. */
    static Notice of(CopyNotify4Resok ok, RemoteOpenFile from) {
      return new Notice(
          ok.stateid(), ok.sourceServer(), from.dataStateid(), from.files().session().clientid());
    }
  }

  private final RangeCopyRequest request;
  private final RemoteOpenFile from;
  private final RemoteOpenFile to;
  private final PendingOffloads atSource;

  // cancel() may run on any thread.

  @GuardedBy("this")
  private @Nullable Notice notice;

  @GuardedBy("this")
  private boolean released;

  @GuardedBy("this")
  private boolean cancelled;

  private int copies;
  private long copyNanos;
  private int renewals;
  private boolean doubtful;

  /**
   * Creates the source of a request.
   *
   * @param known the reply to an earlier COPY_NOTIFY, or null
   */
  NotifiedSource(RangeCopyRequest request, @Nullable Notice known) {
    this.request = request;
    this.notice = known;
    this.from = request.from();
    this.to = request.to();
    this.atSource = request.means().atSource();
  }

  @Override
  public boolean mayBeCloned() {
    return false;
  }

  private PeerIdentity partner() {
    return from.files().session().identity();
  }

  @Override
  public @Nullable String unable() {
    if (from.isUnsupported(NfsOpnum4.OP_COPY_NOTIFY)) {
      return "the source's server does not support COPY_NOTIFY";
    }
    if (to.files().unsupported().isDeferred(partner(), now())) {
      return "the destination's server could not reach the source's recently";
    }
    return to.files()
            .unsupported()
            .contains(NfsOpnum4.OP_COPY, to.attributesAtOpen().fsid(), partner())
        ? "the destination's server does not copy from the source's"
        : null;
  }

  @Override
  public CompletableFuture<Optional<String>> ready() {
    if (!doubtful) {
      return noticed();
    }
    return isLost()
        .thenCompose(lost -> {
          if (lost) {
            forget();
          }
          return noticed();
        });
  }

  /**
   * Returns whether the source server has lost the stateid, as far as it shows. Waits for its
   * recovery.
   */
  private CompletableFuture<Boolean> isLost() {
    doubtful = false;
    return from.attributes()
        .thenApply(attributes -> {
          Notice known = notice();
          return known == null
              || known.clientid() != from.files().session().clientid()
              || !known.parent().equals(from.dataStateid());
        });
  }

  private synchronized @Nullable Notice notice() {
    return notice;
  }

  private synchronized void forget() {
    notice = null;
  }

  private CompletableFuture<Optional<String>> noticed() {
    if (notice() != null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletableFuture<Optional<String>> noticed =
        from.copyNotify(destination(from.files(), to.files())).thenApply(this::accept);
    return Futures.recover(
        noticed,
        failure -> {
          CallException call = CallFailures.call(failure);
          if (call.kind() != Kind.STATUS && !call.isDelayed()) {
            return CompletableFuture.failedFuture(call);
          }
          if (SameServerSource.isUnsupported(call.status())) {
            // K-014
            from.addUnsupported(NfsOpnum4.OP_COPY_NOTIFY);
          }
          return CompletableFuture.completedFuture(Optional.of("COPY_NOTIFY: " + call.status()));
        });
  }

  private Optional<String> accept(CopyNotify4Resok ok) {
    Notice made = Notice.of(ok, from);
    boolean late;
    synchronized (this) {
      notice = made;
      released = cancelled;
      late = cancelled;
    }
    copies = 0;
    if (late) {
      release(made);
    }
    // Without an address, COPY would mean a copy inside the destination server (I-001).
    return made.addresses().isEmpty()
        ? Optional.of("COPY_NOTIFY returned no address of the source server")
        : Optional.empty();
  }

  /** Returns the destination server by an address that is valid at the source server (K-033). */
  static Netloc4 destination(RemoteFiles from, RemoteFiles to) {
    InetSocketAddress address = to.session().address();
    if (address.isUnresolved()) {
      return new Netloc4.Name(Opaque.ofUtf8(address.getHostString()));
    }
    ServerSession source = from.session();
    if (address.getAddress().isLoopbackAddress()
        && source.localAddress() instanceof InetSocketAddress local
        && !local.isUnresolved()) {
      // The destination is on this machine, so the source server reaches it at this client's
      // address.
      address = new InetSocketAddress(local.getAddress(), address.getPort());
    }
    return new Netloc4.Netaddr(UniversalAddress.of(address));
  }

  @Override
  public CompletableFuture<Results> copy(
      long done, long count, boolean consecutive, boolean synchronous) {
    Notice known = notice();
    if (known == null) {
      throw new IllegalStateException("COPY without COPY_NOTIFY");
    }
    copies++;
    copyNanos = now();
    return to.copyFrom(
        from.handle(),
        stateid ->
            new Copy4Args(
                known.stateid(),
                stateid,
                request.offset() + done,
                request.toOffset() + done,
                count,
                consecutive,
                synchronous,
                known.addresses()));
  }

  @Override
  public Verdict judge(Results results) {
    Nfsstat4 status = results.status();
    int at = results.results().size() - 1;
    if (at < COPY_AT) {
      if (at == PUT_SOURCE_AT && isForeign(status)) {
        // K-012, K-013: the destination does not accept foreign filehandles.
        rememberUnsupported();
      }
      return at == COPY_AT - 1 && SameServerSource.isFinalInside(status)
          ? Verdict.FINAL
          : Verdict.REFUSED;
    }
    if (SameServerSource.isUnsupported(status)
        || status == Nfsstat4.NFS4ERR_PARTNER_NOTSUPP
        || isForeign(status)) {
      rememberUnsupported();
    }
    if (isFinal(status)) {
      return Verdict.FINAL;
    }
    // Servers that follow Linux return NFS4ERR_OFFLOAD_DENIED for every problem with a source.
    return isNotKnown(status) || status == Nfsstat4.NFS4ERR_OFFLOAD_DENIED
        ? Verdict.DOUBTFUL
        : Verdict.REFUSED;
  }

  /**
   * F-011, B45: records that copies from this source server are unsupported; copies inside the
   * server are not affected.
   */
  private void rememberUnsupported() {
    to.files().unsupported().add(NfsOpnum4.OP_COPY, to.attributesAtOpen().fsid(), partner());
  }

  private static boolean isForeign(Nfsstat4 status) {
    return switch (status) {
      case NFS4ERR_STALE, NFS4ERR_BADHANDLE, NFS4ERR_MOVED, NFS4ERR_WRONGSEC -> true;
      default -> false;
    };
  }

  /**
   * Returns whether a status means that the source server does not know the stateid. Servers
   * differ.
   */
  private static boolean isNotKnown(Nfsstat4 status) {
    return switch (status) {
      case NFS4ERR_PARTNER_NO_AUTH,
          NFS4ERR_BAD_STATEID,
          NFS4ERR_STALE_STATEID,
          NFS4ERR_OLD_STATEID,
          NFS4ERR_EXPIRED,
          NFS4ERR_ADMIN_REVOKED ->
          true;
      default -> false;
    };
  }

  /** K-011: discards the stateid once, until there is progress again. */
  private boolean renew() {
    if (renewals >= RENEWALS_MAX) {
      return false;
    }
    renewals++;
    Notice refused = notice();
    if (refused != null) {
      releaseOnce(refused);
      forget();
    }
    return true;
  }

  @Override
  public boolean isFinal(Nfsstat4 status) {
    // Other errors may concern the source as the destination server sees it, and may not affect
    // this client.
    return switch (status) {
      case NFS4ERR_NOSPC, NFS4ERR_DQUOT, NFS4ERR_FBIG, NFS4ERR_ROFS -> true;
      default -> false;
    };
  }

  @Override
  public void stoppedAfter(long bytes) {
    doubtful = true;
    if (bytes > 0) {
      renewals = 0;
    }
  }

  @Override
  public CompletableFuture<Boolean> canRetryAfter(Nfsstat4 status) {
    // A stateid that worked before may have ended; servers differ in the status they return.
    if ((isNotKnown(status) || copies > 1) && renew()) {
      return CompletableFuture.completedFuture(true);
    }
    return isLost()
        .thenApply(lost -> {
          if (lost) {
            forget();
          } else if (status == Nfsstat4.NFS4ERR_OFFLOAD_DENIED && isSlow()) {
            to.files().unsupported().defer(partner(), now() + DEFER_TIME.toNanos());
          }
          return lost;
        });
  }

  private long now() {
    return atSource.env().ticker().nanoTime();
  }

  private boolean isSlow() {
    return now() - copyNanos > SLOW_REFUSAL.toNanos();
  }

  @Override
  public void cancel() {
    Notice known;
    synchronized (this) {
      cancelled = true;
      known = notice;
    }
    if (known != null) {
      releaseOnce(known);
    }
  }

  @Override
  public void close(boolean complete) {
    Notice known = notice();
    if (known != null && !(complete && request.fresh())) {
      releaseOnce(known);
    }
  }

  private void releaseOnce(Notice known) {
    synchronized (this) {
      if (released) {
        return;
      }
      released = true;
    }
    release(known);
  }

  private void release(Notice known) {
    atSource.inBackground(
        OffloadCancellation.of(atSource, from, known.stateid(), CANCEL_ATTEMPTS_MAX));
  }
}
