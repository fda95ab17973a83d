package io.ferrynfs.client.offload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * The asynchronous copies of one server, and their CB_OFFLOADs. Safe for use by several threads;
 * the lock is never held while a request is sent or a future is completed.
 *
 * <p>A callback may arrive before the reply to its COPY (RFC 8881 section 2.10.6.3), and few
 * servers send referring calls (B-003). While a COPY is pending, an unknown callback is therefore
 * kept until the reply arrives. The kept callbacks are limited in number and age, and are discarded
 * when no COPY is pending (B-006).
 *
 * <p>Stateids are compared by {@code other} (T-003). That of a completed copy is kept for a while,
 * so that a second callback succeeds and is not taken for one of a later copy.
 */
public final class PendingOffloads {

  static final int EARLY_MAX = 256;
  private static final Opaque NONE = Opaque.of(new byte[12]);

  static final Duration EARLY_AGE_MAX = Duration.ofMinutes(5);
  private static final int ENDED_MAX = 256;

  /** Receives the events of one copy. */
  interface Listener {
    NfsFh4 file();

    /** Reports the CB_OFFLOAD of this copy. */
    void calledBack(OffloadInfo4 info);

    /** Reports that some copy has ended, which may be this one. */
    void hinted();

    /** Reports a new connection or session, before which a callback may have been lost. */
    void reconnected();

    /** Reports that the server reused the stateid for another copy. */
    void superseded();

    /**
     * Cancels the copy because the client is closed. Completes when the server replied or timed
     * out.
     */
    CompletableFuture<Void> close();
  }

  private record Early(CbOffload4Args args, long nanos) {}

  private final Env env;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Map<Opaque, Listener> waiting = new HashMap<>();

  @GuardedBy("lock")
  private final Map<Opaque, Early> early = new LinkedHashMap<>();

  @GuardedBy("lock")
  private final Deque<Opaque> ended = new ArrayDeque<>();

  @GuardedBy("lock")
  private int outstanding;

  @GuardedBy("lock")
  private boolean hintedEarly;

  @GuardedBy("lock")
  private boolean closed;

  private final Map<Object, CompletableFuture<?>> background = new ConcurrentHashMap<>();

  /** Completes when the table is closed and no COPY is pending. */
  private final CompletableFuture<Void> answered = new CompletableFuture<>();

  public PendingOffloads(Env env) {
    this.env = env;
  }

  /** Returns the environment. */
  public Env env() {
    return env;
  }

  /** Sends a COPY and handles its reply. Unknown callbacks are kept until the reply was handled. */
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

  /**
   * Handles CB_OFFLOAD (RFC 7862 section 16.1).
   *
   * @param afterReply runs actions after the reply to the callback was written
   */
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
      // B-009: the stateid is that of a copy into another file.
      if (!found.file().equals(args.fh())) {
        return Nfsstat4.NFS4ERR_BADHANDLE;
      }
      complete(other);
    }
    Listener copy = found;
    afterReply.execute(() -> copy.calledBack(args.offloadInfo()));
    return Nfsstat4.NFS4_OK;
  }

  /**
   * Handles CB_OFFLOAD with a stateid of zeros, which knfsd of Linux 7.2 sends: some copy has
   * ended, possibly one whose COPY is pending. OFFLOAD_STATUS tells which.
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

  /** Returns whether such a callback arrived while a COPY was pending. */
  boolean isHintedEarly() {
    synchronized (lock) {
      return hintedEarly;
    }
  }

  @GuardedBy("lock")
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
      // B-008: the server retries; by then a reply may have made room.
      return Nfsstat4.NFS4ERR_DELAY;
    }
    early.put(other, new Early(args, env.ticker().nanoTime()));
    return Nfsstat4.NFS4_OK;
  }

  @GuardedBy("lock")
  private void forgetOld() {
    long now = env.ticker().nanoTime();
    early.values().removeIf(each -> now - each.nanos() > EARLY_AGE_MAX.toNanos());
  }

  @GuardedBy("lock")
  private void complete(Opaque other) {
    waiting.remove(other);
    ended.remove(other);
    ended.addLast(other);
    if (ended.size() > ENDED_MAX) {
      ended.removeFirst();
    }
  }

  /**
   * Adds a copy whose COPY returned a stateid.
   *
   * @return the CB_OFFLOAD that arrived before the reply; null if it is still to come
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
        complete(other);
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

  /** Removes a copy that did not end by its callback. */
  void remove(Stateid4 stateid, Listener copy) {
    synchronized (lock) {
      if (copy.equals(waiting.get(stateid.other()))) {
        complete(stateid.other());
      }
    }
  }

  /** Reports a new connection or session. */
  public void reconnected() {
    all().forEach(Listener::reconnected);
  }

  /** Adds work in the background, for which {@link #close} waits. */
  public void inBackground(CompletableFuture<?> work) {
    Object key = new Object();
    background.put(key, work);
    var _ = work.whenComplete((value, failure) -> background.remove(key));
  }

  /**
   * Cancels all copies and waits for the server's replies, including copies whose COPY is pending.
   * Later copies fail. The caller limits the time that it waits.
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
