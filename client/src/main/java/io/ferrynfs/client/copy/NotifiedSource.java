package io.ferrynfs.client.copy;

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
 * The source of a copy between two servers (RFC 7862 section 4.5): the source's server is told by
 * COPY_NOTIFY that the destination's will read, and the stateid and addresses that it answers are
 * what COPY names, byte for byte (K-005, K-006).
 *
 * <p>One COPY_NOTIFY serves several COPYs (N-028), until there is a reason to think that the source
 * does not know the stateid any more: it has another client id for us or another stateid of our
 * open, both of which a restart changes (C10, K-021), or somebody was refused with it (K-011).
 * Asking for the file's attributes finds out, and waits for the source's recovery and grace period,
 * which the session does before it sends anything (K-022).
 *
 * <p>The source is told by OFFLOAD_CANCEL when the stateid is needed no more (X-016, X-017, X-018,
 * X-021), in the background; where CLOSE follows at once, that ends it too (section 4.3.1).
 */
final class NotifiedSource implements ServerCopySource {

  private static final int CANCEL_ATTEMPTS_MAX = 5;
  private static final int RENEWALS_MAX = 1;
  private static final int PUT_SOURCE_AT = 0;

  /** A destination that needs longer to refuse has waited for a source that it does not reach. */
  private static final Duration SLOW_REFUSAL = Duration.ofSeconds(2);

  /** Other files need not wait for the same. */
  private static final Duration ASK_AGAIN_AFTER = Duration.ofMinutes(1);

  /**
   * What the source has answered, and for what.
   *
   * @param parent the stateid of our open
   * @param clientid whose that is
   */
  record Notice(Stateid4 stateid, List<Netloc4> addresses, Stateid4 parent, long clientid) {
    /** The answer to a COPY_NOTIFY just now. */
    static Notice of(CopyNotify4Resok ok, RemoteOpenFile from) {
      return new Notice(
          ok.stateid(), ok.sourceServer(), from.dataStateid(), from.files().session().clientid());
    }
  }

  private final RangeCopyRequest request;
  private final RemoteOpenFile from;
  private final RemoteOpenFile to;
  private final PendingOffloads atSource;

  /** Guarded by this, as the two below: {@link #cancel} comes from any thread. */
  private @Nullable Notice notice;

  private boolean told;
  private boolean cancelled;

  private int copies;
  private long copyNanos;
  private int renewals;
  private boolean doubtful;

  /**
   * The source of one request.
   *
   * @param known what it has answered already, null if it was not asked
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
      return "the destination's server did not reach the source's just now";
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

  /** Whether the source has lost the stateid, as far as it shows; waits for its recovery. */
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
        from.copyNotify(destination(from.files(), to.files())).thenApply(this::keep);
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

  private Optional<String> keep(CopyNotify4Resok ok) {
    Notice made = Notice.of(ok, from);
    boolean late;
    synchronized (this) {
      notice = made;
      told = cancelled;
      late = cancelled;
    }
    copies = 0;
    if (late) {
      tell(made);
    }
    // Without an address COPY would be one inside the destination's server (I-001).
    return made.addresses().isEmpty()
        ? Optional.of("COPY_NOTIFY answered no address of the source")
        : Optional.empty();
  }

  /** The destination by an address under which the source may know it (K-033). */
  static Netloc4 destination(RemoteFiles from, RemoteFiles to) {
    InetSocketAddress address = to.session().address();
    if (address.isUnresolved()) {
      return new Netloc4.Name(Opaque.ofUtf8(address.getHostString()));
    }
    ServerSession source = from.session();
    if (address.getAddress().isLoopbackAddress()
        && source.localAddress() instanceof InetSocketAddress here
        && !here.isUnresolved()) {
      // It is on this machine, and so is known to the source as this client is.
      address = new InetSocketAddress(here.getAddress(), address.getPort());
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
        // K-012, K-013: the destination takes no filehandles of others.
        refuse();
      }
      return at == COPY_AT - 1 && SameServerSource.isFinalInside(status)
          ? Verdict.FINAL
          : Verdict.REFUSED;
    }
    if (SameServerSource.isUnsupported(status)
        || status == Nfsstat4.NFS4ERR_PARTNER_NOTSUPP
        || isForeign(status)) {
      refuse();
    }
    if (isFinal(status)) {
      return Verdict.FINAL;
    }
    // A destination that follows Linux says NFS4ERR_OFFLOAD_DENIED of all that is wrong with a
    // source.
    return isNotKnown(status) || status == Nfsstat4.NFS4ERR_OFFLOAD_DENIED
        ? Verdict.DOUBTFUL
        : Verdict.REFUSED;
  }

  /** F-011, B45: from this source only, and not inside the server. */
  private void refuse() {
    to.files().unsupported().add(NfsOpnum4.OP_COPY, to.attributesAtOpen().fsid(), partner());
  }

  private static boolean isForeign(Nfsstat4 status) {
    return switch (status) {
      case NFS4ERR_STALE, NFS4ERR_BADHANDLE, NFS4ERR_MOVED, NFS4ERR_WRONGSEC -> true;
      default -> false;
    };
  }

  /** That the source refuses the stateid, in the words of the different servers. */
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

  /** K-011: once, until there is progress again. */
  private boolean renew() {
    if (renewals >= RENEWALS_MAX) {
      return false;
    }
    renewals++;
    Notice refused = notice();
    if (refused != null) {
      tellOnce(refused);
      forget();
    }
    return true;
  }

  @Override
  public boolean isFinal(Nfsstat4 status) {
    // What else is said may be said of the source as the destination finds it, which this client
    // may find otherwise.
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
  public CompletableFuture<Boolean> againAfter(Nfsstat4 status) {
    // One that has served before may have ended since: servers differ in how they say so.
    if ((isNotKnown(status) || copies > 1) && renew()) {
      return CompletableFuture.completedFuture(true);
    }
    return isLost()
        .thenApply(lost -> {
          if (lost) {
            forget();
          } else if (status == Nfsstat4.NFS4ERR_OFFLOAD_DENIED && isSlow()) {
            to.files().unsupported().defer(partner(), now() + ASK_AGAIN_AFTER.toNanos());
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
      tellOnce(known);
    }
  }

  @Override
  public void over(boolean complete) {
    Notice known = notice();
    if (known != null && !(complete && request.fresh())) {
      tellOnce(known);
    }
  }

  private void tellOnce(Notice known) {
    synchronized (this) {
      if (told) {
        return;
      }
      told = true;
    }
    tell(known);
  }

  private void tell(Notice known) {
    atSource.inBackground(
        OffloadCancellation.of(atSource, from, known.stateid(), CANCEL_ATTEMPTS_MAX));
  }
}
