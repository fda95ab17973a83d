package io.ferrynfs.server.session;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.ClientKey;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.access.Principal;
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
 * A client record: one incarnation of one client owner (RFC 8881 section 2.4). The record, its
 * CREATE_SESSION slot and its list of sessions are guarded by {@link Clients}; the lease needs no
 * lock.
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
  private final DuplicateClientName rivals = new DuplicateClientName();
  private boolean confirmed;

  /**
   * The CREATE_SESSION slot, with the contrived reply of RFC 8881 section 18.36.4 before its first
   * use.
   */
  private long createSequence;

  /** Tells the arguments of the last one from others, without keeping them. */
  private int createPrint;

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
      StateTable state) {
    this.clientid = clientid;
    this.owner = owner;
    this.principal = principal;
    this.key = principal.clientKey(owner.ownerid());
    this.recovery = recovery;
    this.state = state;
    this.ticker = env.ticker();
    this.leaseNanos = Duration.ofSeconds(limits.leaseSeconds()).toNanos();
    this.callbacks = new CallbackQueue(env.timers(), limits.callbacksPendingPerClientMax());
    this.renewedNanos = ticker.nanoTime();
  }

  /** The clientid. */
  public long clientid() {
    return clientid;
  }

  /** What the client calls itself, for people to read. */
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

  /** Callbacks to this client. */
  public CallbackQueue callbacks() {
    return callbacks;
  }

  /** Who it is before and after a restart. */
  public ClientKey key() {
    return key;
  }

  /** Whether RECLAIM_COMPLETE came: before it, no lock that is no reclaim is given. */
  public boolean isReclaimComplete() {
    return reclaimComplete;
  }

  /** Whether the client lost state by a restart of the server and may reclaim it now. */
  boolean needsReclaim() {
    return !reclaimComplete && recovery.awaits(key);
  }

  /** The status flags of SEQUENCE about state that was revoked. */
  long revokedFlags() {
    return state.statusFlags(clientid);
  }

  /**
   * An OPEN or its like that reclaims, by this client.
   *
   * @throws NfsStatusException NFS4ERR_NO_GRACE when there is nothing to reclaim, or not any more
   */
  public Recovery.Reclaim reclaim() throws NfsStatusException {
    if (reclaimCompleting.get()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NO_GRACE);
    }
    return recovery.reclaim(key);
  }

  /**
   * RECLAIM_COMPLETE for all file systems.
   *
   * @return completes when it is durable that the client may have state from now on
   * @throws NfsStatusException NFS4ERR_COMPLETE_ALREADY when it came before
   */
  public CompletableFuture<Void> completeReclaim() throws NfsStatusException {
    if (!reclaimCompleting.compareAndSet(false, true)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_COMPLETE_ALREADY);
    }
    return recovery.complete(key, clientid).thenRun(() -> reclaimComplete = true);
  }

  /** A request begins: the lease is renewed, and does not run out while the request executes. */
  void enter() {
    executing.incrementAndGet();
    renewedNanos = ticker.nanoTime();
  }

  /** A request ends. */
  void leave() {
    renewedNanos = ticker.nanoTime();
    executing.decrementAndGet();
  }

  /** Renews the lease for something that is no request of this client's own session. */
  public void renew() {
    renewedNanos = ticker.nanoTime();
  }

  boolean isExpired() {
    return executing.get() == 0 && expiredNanos() > 0;
  }

  /** For how long the lease has run out; negative while it lasts. */
  long expiredNanos() {
    return silentNanos() - leaseNanos;
  }

  /** For how long the lease has not been renewed. */
  long silentNanos() {
    return ticker.nanoTime() - renewedNanos;
  }

  /** It is heard of from there. */
  void at(SocketAddress where) {
    address = where;
  }

  /** From where it came last; null before it has a session. */
  @Nullable SocketAddress address() {
    return address;
  }

  /** Whether another machine has the same name. */
  DuplicateClientName rivals() {
    return rivals;
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

  /** Whether this is the last CREATE_SESSION once more, to be answered with the same reply. */
  boolean isCreateRetry(CreateSession4Args args) {
    return args.sequence() == createSequence && !isCreateAnew(args);
  }

  /**
   * Whether this is another request under the number of one that failed. That one used the number
   * up (RFC 8881 section 18.36.4, phase 2), but has changed nothing else, and Linux servers, which
   * look at arguments first, have taught clients to mend theirs and keep the number.
   */
  boolean isCreateAnew(CreateSession4Args args) {
    return createUsed
        && args.sequence() == createSequence
        && createReply instanceof CreateSession4Res.Failed
        && createPrint != args.hashCode();
  }

  /** CREATE_SESSION was executed, with or without success. */
  void created(CreateSession4Args args, CreateSession4Res reply) {
    createUsed = true;
    createSequence = args.sequence();
    createPrint = args.hashCode();
    createReply = reply;
  }
}
