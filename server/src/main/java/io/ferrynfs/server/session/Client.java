package io.ferrynfs.server.session;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.ClientKey;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.observation.Observer;
import io.ferrynfs.server.recovery.Recovery;
import io.ferrynfs.server.state.StateTable;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.ClientOwner4;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A client record: one incarnation of a client owner (RFC 8881 section 2.4).
 *
 * <p>The monitor of the {@link ClientRecords} guards the record, its CREATE_SESSION slot and its
 * list of sessions. The lease needs no lock.
 */
public final class Client {
  private static final int NAME_CHARACTERS_MAX = 256;

  private final long clientid;
  private final ClientOwner4 owner;
  private final Principal principal;
  private final Ticker ticker;
  private final long leaseNanos;
  private final CallbackQueue callbacks;
  private final AtomicInteger executing = new AtomicInteger();
  private final ClientKey key;
  private final Recovery recovery;
  private final StateTable state;
  private final AtomicBoolean reclaimCompleting = new AtomicBoolean();
  private volatile boolean reclaimComplete;
  private volatile long renewedNanos;
  private volatile @Nullable SocketAddress address;

  private final List<Session> sessions = new ArrayList<>();
  private final DuplicateClientName duplicateName = new DuplicateClientName();
  private boolean confirmed;

  /**
   * The sequence number of the CREATE_SESSION slot. The slot has the reply that RFC 8881 section
   * 18.36.4 requires before its first use.
   */
  private long createSequence;

  /** The hash of the arguments of the last CREATE_SESSION. */
  private int createHash;

  private boolean createUsed;

  private CreateSession4Res createReply =
      new CreateSession4Res.Failed(Nfsstat4.NFS4ERR_SEQ_MISORDERED);

  Client(
      long clientid,
      ClientOwner4 owner,
      Principal principal,
      Env env,
      ServerLimits limits,
      Recovery recovery,
      StateTable state,
      Observer observer) {
    this.clientid = clientid;
    this.owner = owner;
    this.principal = principal;
    this.key = principal.clientKey(owner.ownerid());
    this.recovery = recovery;
    this.state = state;
    this.ticker = env.ticker();
    this.leaseNanos = Duration.ofSeconds(limits.leaseSeconds()).toNanos();
    this.callbacks =
        new CallbackQueue(env.timers(), limits.callbacksPendingPerClientMax(), clientid, observer);
    this.renewedNanos = ticker.nanoTime();
  }

  /** Returns the clientid. */
  public long clientid() {
    return clientid;
  }

  /** Returns the client owner as printable text. */
  public String name() {
    String text = new String(owner.ownerid().toByteArray(), StandardCharsets.UTF_8);
    return text.codePoints()
        .limit(NAME_CHARACTERS_MAX)
        .map(c -> Character.isISOControl(c) || c == 0xfffd ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  ClientOwner4 owner() {
    return owner;
  }

  Principal principal() {
    return principal;
  }

  /** Returns the callbacks to this client. */
  public CallbackQueue callbacks() {
    return callbacks;
  }

  /** Returns the key that identifies the client across restarts of the server. */
  public ClientKey key() {
    return key;
  }

  /** Returns whether the client sent RECLAIM_COMPLETE; it gets no new state before. */
  public boolean isReclaimComplete() {
    return reclaimComplete;
  }

  /** Returns whether the client may reclaim state that it lost by a restart of the server. */
  boolean needsReclaim() {
    return !reclaimComplete && recovery.awaits(key);
  }

  /** Returns the status flags of SEQUENCE for revoked state. */
  long revokedFlags() {
    return state.statusFlags(clientid);
  }

  /**
   * Begins an operation of this client that reclaims state.
   *
   * @throws NfsStatusException NFS4ERR_NO_GRACE if the client has nothing to reclaim
   */
  public Recovery.Reclaim reclaim() throws NfsStatusException {
    if (reclaimCompleting.get()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NO_GRACE);
    }
    return recovery.reclaim(key);
  }

  /**
   * Executes RECLAIM_COMPLETE for all file systems.
   *
   * @return completes when the client's record is durable, so that it may get new state
   * @throws NfsStatusException NFS4ERR_COMPLETE_ALREADY if the client sent it before
   */
  public CompletableFuture<Void> completeReclaim() throws NfsStatusException {
    if (!reclaimCompleting.compareAndSet(false, true)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_COMPLETE_ALREADY);
    }
    return recovery.complete(key, clientid).thenRun(() -> reclaimComplete = true);
  }

  /** Begins a request: renews the lease, which does not expire while the request executes. */
  void enter() {
    executing.incrementAndGet();
    renewedNanos = ticker.nanoTime();
  }

  /** Ends a request and renews the lease. */
  void leave() {
    renewedNanos = ticker.nanoTime();
    executing.decrementAndGet();
  }

  /** Renews the lease. */
  public void renew() {
    renewedNanos = ticker.nanoTime();
  }

  boolean isExpired() {
    return executing.get() == 0 && expiredNanos() > 0;
  }

  /** Returns the nanoseconds since the lease expired; negative while it is valid. */
  long expiredNanos() {
    return silentNanos() - leaseNanos;
  }

  /** Returns the nanoseconds since the last renewal of the lease. */
  long silentNanos() {
    return ticker.nanoTime() - renewedNanos;
  }

  void setAddress(SocketAddress from) {
    address = from;
  }

  /** Returns the address of the last connection; null before the first session. */
  @Nullable SocketAddress address() {
    return address;
  }

  /** Returns the detector of another machine with the same name. */
  DuplicateClientName duplicateName() {
    return duplicateName;
  }

  List<Session> sessions() {
    return sessions;
  }

  boolean isConfirmed() {
    return confirmed;
  }

  void confirm() {
    confirmed = true;
  }

  long createSequence() {
    return createSequence;
  }

  CreateSession4Res createReply() {
    return createReply;
  }

  /** Returns whether this is a retry of the last CREATE_SESSION. */
  boolean isCreateRetry(CreateSession4Args args) {
    return args.sequence() == createSequence && !isCorrectedCreate(args);
  }

  /**
   * Returns whether this request reuses the sequence number of a CREATE_SESSION that failed, with
   * other arguments. RFC 8881 section 18.36.4, phase 2, requires a new number. The Linux server
   * checks the arguments first, so clients correct them and keep the number.
   */
  boolean isCorrectedCreate(CreateSession4Args args) {
    return createUsed
        && args.sequence() == createSequence
        && createReply instanceof CreateSession4Res.Failed
        && createHash != args.hashCode();
  }

  /** Stores the reply of an executed CREATE_SESSION. */
  void created(CreateSession4Args args, CreateSession4Res reply) {
    createUsed = true;
    createSequence = args.sequence();
    createHash = args.hashCode();
    createReply = reply;
  }
}
