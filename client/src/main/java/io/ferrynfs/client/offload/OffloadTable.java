package io.ferrynfs.client.offload;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The copies that one server makes for this client, and the CB_OFFLOADs about them.
 *
 * <p>A callback may overtake the reply to its COPY (RFC 8881 section 2.10.6.3), and the referring
 * calls that would tell are sent by few servers (copy-conformance B-003). So while the reply to any
 * COPY is missing, a callback that fits no copy is kept, and found when the reply comes. What is
 * kept is bounded in number and age, and goes when no COPY is outstanding (B-006): nobody could ask
 * for it any more.
 *
 * <p>Stateids are matched by {@code other} (T-003). The {@code other} of a copy that has ended is
 * remembered for a while: a second callback for it is answered, and not taken for one of a later
 * copy. Safe for threads; the lock is never held while something is sent or completed.
 */
public final class OffloadTable {

  static final int EARLY_MAX = 256;
  private static final Opaque NONE = Opaque.of(new byte[12]);

  static final Duration EARLY_AGE_MAX = Duration.ofMinutes(5);
  private static final int ENDED_MAX = 256;

  /** A copy whose end is waited for. */
  interface Listener {
    NfsFh4 file();

    /** The server has called back. */
    void calledBack(OffloadInfo4 info);

    /** Some copy has ended, the server does not say which: it may be this one. */
    void hinted();

    /** There is another connection or session: a callback may have been lost before. */
    void reconnected();

    /** The server has given the stateid to another copy. */
    void superseded();

    /** The client is being closed; completes when the server was told, or told in vain. */
    CompletableFuture<Void> close();
  }

  private record Early(CbOffload4Args args, long nanos) {}

  private final Env env;
  private final Object lock = new Object();
  private final Map<Opaque, Listener> waiting = new HashMap<>();
  private final Map<Opaque, Early> early = new LinkedHashMap<>();
  private final Deque<Opaque> ended = new ArrayDeque<>();
  private final Map<Object, CompletableFuture<?>> background = new ConcurrentHashMap<>();
  private int outstanding;
  private boolean hintedEarly;
  private boolean closed;

  /** Completes when all is closed and no COPY lacks its reply. */
  private final CompletableFuture<Void> answered = new CompletableFuture<>();

  public OffloadTable(Env env) {
    this.env = env;
  }

  /** The world that its timers are of. */
  public Env env() {
    return env;
  }

  /**
   * Sends a COPY and has its reply looked at. From before it is sent until that is done, callbacks
   * that fit no copy are kept.
   */
  public <T> CompletableFuture<T> copying(
      Supplier<CompletableFuture<Results>> send, Function<Results, CompletableFuture<T>> onReply) {
    synchronized (lock) {
      if (closed) {
        return CompletableFuture.failedFuture(
            CallException.of(Kind.CLOSED, "the client was closed"));
      }
      outstanding++;
    }
    CompletableFuture<Results> reply;
    try {
      reply = send.get();
    } catch (RuntimeException failure) {
      copyAnswered();
      throw failure;
    }
    return reply
        .whenComplete((results, failure) -> {
          if (failure != null) {
            copyAnswered();
          }
        })
        .thenCompose(results -> {
          try {
            return onReply.apply(results);
          } finally {
            copyAnswered();
          }
        });
  }

  private void copyAnswered() {
    boolean all;
    synchronized (lock) {
      outstanding--;
      if (outstanding == 0) {
        early.clear();
        hintedEarly = false;
      }
      all = closed && outstanding == 0;
    }
    if (all) {
      answered.complete(null);
    }
  }

  /** CB_OFFLOAD (RFC 7862 section 16.1): what to answer. */
  public Nfsstat4 callback(CbOffload4Args args, Executor afterReply) {
    Opaque other = args.stateid().other();
    if (other.equals(NONE)) {
      return hinted();
    }
    Listener found;
    synchronized (lock) {
      found = waiting.get(other);
      if (found == null) {
        return unmatched(other, args);
      }
      // B-009: a stateid that is known with a filehandle that is not its own.
      if (!found.file().equals(args.fh())) {
        return Nfsstat4.NFS4ERR_BADHANDLE;
      }
      over(other);
    }
    Listener copy = found;
    afterReply.execute(() -> copy.calledBack(args.offloadInfo()));
    return Nfsstat4.NFS4_OK;
  }

  /**
   * CB_OFFLOAD with a stateid of zeros, as knfsd of Linux 7.2 sends it: a copy has ended, and only
   * OFFLOAD_STATUS tells which. Also one whose COPY is not answered yet.
   */
  private Nfsstat4 hinted() {
    List<Listener> all;
    synchronized (lock) {
      all = new ArrayList<>(waiting.values());
      hintedEarly |= outstanding > 0;
      if (all.isEmpty() && outstanding == 0) {
        return Nfsstat4.NFS4ERR_BAD_STATEID;
      }
    }
    all.forEach(Listener::hinted);
    return Nfsstat4.NFS4_OK;
  }

  /** Whether that has happened while a COPY was not answered yet. */
  boolean isHintedEarly() {
    synchronized (lock) {
      return hintedEarly;
    }
  }

  /** Under the lock. */
  private Nfsstat4 unmatched(Opaque other, CbOffload4Args args) {
    if (ended.contains(other)) {
      return Nfsstat4.NFS4_OK;
    }
    if (outstanding == 0) {
      return Nfsstat4.NFS4ERR_BAD_STATEID;
    }
    forgetOld();
    if (early.containsKey(other)) {
      return Nfsstat4.NFS4_OK;
    }
    if (early.size() >= EARLY_MAX) {
      // B-008: the server comes again, when a reply may have told which are ours.
      return Nfsstat4.NFS4ERR_DELAY;
    }
    early.put(other, new Early(args, env.ticker().nanoTime()));
    return Nfsstat4.NFS4_OK;
  }

  private void forgetOld() {
    long now = env.ticker().nanoTime();
    early.values().removeIf(each -> now - each.nanos() > EARLY_AGE_MAX.toNanos());
  }

  /** Under the lock. */
  private void over(Opaque other) {
    waiting.remove(other);
    ended.remove(other);
    ended.addLast(other);
    if (ended.size() > ENDED_MAX) {
      ended.removeFirst();
    }
  }

  /**
   * A COPY was answered with a stateid.
   *
   * @return what the server has called back already; null if it has not, and will be waited for
   */
  @Nullable OffloadInfo4 add(Stateid4 stateid, Listener copy) {
    Opaque other = stateid.other();
    Listener before;
    boolean late;
    synchronized (lock) {
      forgetOld();
      ended.remove(other);
      Early known = early.remove(other);
      if (known != null && known.args().fh().equals(copy.file())) {
        over(other);
        return known.args().offloadInfo();
      }
      before = waiting.put(other, copy);
      late = closed;
    }
    if (before != null) {
      before.superseded();
    }
    if (late) {
      var _ = copy.close();
    }
    return null;
  }

  /** A copy has ended otherwise than by its callback. */
  void remove(Stateid4 stateid, Listener copy) {
    synchronized (lock) {
      if (copy.equals(waiting.get(stateid.other()))) {
        over(stateid.other());
      }
    }
  }

  /** There is another connection or session. */
  public void reconnected() {
    all().forEach(Listener::reconnected);
  }

  /** Something that nobody waits for but {@link #close}. */
  public void inBackground(CompletableFuture<?> work) {
    Object key = new Object();
    background.put(key, work);
    var _ = work.whenComplete((value, failure) -> background.remove(key));
  }

  /**
   * Begins no more copies, stops every one, and waits until the server knows; also of those whose
   * COPY is not answered yet, which the server may have begun. Whoever calls this does not wait for
   * ever.
   */
  public CompletableFuture<Void> close() {
    boolean none;
    synchronized (lock) {
      closed = true;
      none = outstanding == 0;
    }
    if (none) {
      answered.complete(null);
    }
    CompletableFuture<Void> known = closeAll();
    return answered
        .thenCompose(done -> closeAll())
        .thenCompose(done -> known)
        .thenCompose(
            done -> CompletableFuture.allOf(background.values().toArray(CompletableFuture[]::new)));
  }

  private CompletableFuture<Void> closeAll() {
    return CompletableFuture.allOf(
        all().stream().map(Listener::close).toArray(CompletableFuture[]::new));
  }

  private List<Listener> all() {
    synchronized (lock) {
      return new ArrayList<>(waiting.values());
    }
  }
}
