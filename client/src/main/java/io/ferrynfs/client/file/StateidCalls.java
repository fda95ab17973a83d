package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Sends requests that use the stateids of one open file. If the server does not know a stateid, the
 * file is opened again and the request is sent again.
 */
final class StateidCalls {

  private static final int ATTEMPTS_MAX = 3;

  /**
   * COPY from another server fails with NFS4ERR_BAD_STATEID for the source's stateid, too, so
   * opening the destination again may not help.
   */
  private static final int ATTEMPTS_FROM_ANOTHER_SERVER_MAX = 2;

  private final ServerSession session;
  private final OpenStateid open;
  private final HeldRanges locks;
  private final Supplier<CompletableFuture<Void>> reopen;

  /**
   * Creates the calls of one open file.
   *
   * @param reopen opens the file again and sets the new stateid, if the server permits
   */
  StateidCalls(
      ServerSession session,
      OpenStateid open,
      HeldRanges locks,
      Supplier<CompletableFuture<Void>> reopen) {
    this.session = session;
    this.open = open;
    this.locks = locks;
    this.reopen = reopen;
  }

  /** Selects the stateid of a request. */
  @FunctionalInterface
  private interface Selector {
    Stateid4 select() throws CallException;
  }

  private record Use(StateidCalls calls, Selector selector) {}

  /** Returns the stateid for data: that of the locks if a range is locked, otherwise the open's. */
  Stateid4 dataStateid() {
    Stateid4 lock = locks.stateidIfLocked();
    return CompoundOps.forData(lock == null ? open.stateid() : lock);
  }

  private Stateid4 usable() throws CallException {
    Stateid4 opened = open.usable();
    Stateid4 lock = locks.usable();
    return lock == null ? opened : lock;
  }

  /** Locks are withdrawn after the file was closed, too. */
  private Stateid4 usableForLock() throws CallException {
    Stateid4 lock = locks.usable();
    return lock == null ? open.usable() : lock;
  }

  /** Returns whether a stateid is that of the open, not of its locks. */
  boolean isOpen(Stateid4 stateid) {
    return open.stateid().other().equals(stateid.other());
  }

  /** Sends a request that uses the stateid for data. An error status is a failure. */
  CompletableFuture<Results> withData(Function<Stateid4, Compound> build) {
    return checked(new Use(this, this::usable), build);
  }

  /** Sends a LOCK by the stateid of the locks, or of the open for the first lock. */
  CompletableFuture<Results> withLock(Function<Stateid4, Compound> build) {
    return checked(new Use(this, this::usableForLock), build);
  }

  /** Sends a COPY from another server into this file. An error status is a result. */
  CompletableFuture<Results> attemptFromAnotherServer(Function<Stateid4, Compound> build) {
    return attempt(
        List.of(new Use(this, this::usable)),
        stateids -> build.apply(stateids.getFirst()),
        ATTEMPTS_FROM_ANOTHER_SERVER_MAX);
  }

  /**
   * Sends a request that uses the stateids for data of this file and another one of the same
   * client. An error status is a result. Both files are opened again on an unknown stateid, because
   * the status does not say which one it is.
   */
  CompletableFuture<Results> attemptWith(
      StateidCalls other, BiFunction<Stateid4, Stateid4, Compound> build) {
    return attempt(
        List.of(new Use(this, this::usable), new Use(other, other::usable)),
        stateids -> build.apply(stateids.getFirst(), stateids.getLast()),
        ATTEMPTS_MAX);
  }

  private CompletableFuture<Results> checked(Use use, Function<Stateid4, Compound> build) {
    return attempt(List.of(use), stateids -> build.apply(stateids.getFirst()), ATTEMPTS_MAX)
        .thenApply(results -> {
          if (!results.ok()) {
            throw new CompletionException(results.failure());
          }
          return results;
        });
  }

  private CompletableFuture<Results> attempt(
      List<Use> uses, Function<List<Stateid4>, Compound> build, int attemptsLeft) {
    List<Stateid4> used = new ArrayList<>();
    try {
      for (Use use : uses) {
        used.add(use.selector().select());
      }
    } catch (CallException unusable) {
      return CompletableFuture.failedFuture(unusable);
    }
    return session
        .attempt(build.apply(used.stream().map(CompoundOps::forData).toList()))
        .thenCompose(results -> {
          if (attemptsLeft == 1 || !OpenStateid.isLost(results.status())) {
            return CompletableFuture.completedFuture(results);
          }
          CompletableFuture<Void> recovered = CompletableFuture.completedFuture(null);
          for (int i = 0; i < used.size(); i++) {
            StateidCalls calls = uses.get(i).calls();
            Stateid4 stateid = used.get(i);
            recovered = recovered.thenCompose(done -> calls.recover(stateid, results.failure()));
          }
          return recovered.thenCompose(done -> attempt(uses, build, attemptsLeft - 1));
        });
  }

  /** Opens the file again unless another request has done so since it used the stateid. */
  private CompletableFuture<Void> recover(Stateid4 used, CallException why) {
    if (locks.lose(used) || !open.stateid().equals(used)) {
      return CompletableFuture.completedFuture(null);
    }
    return reopen
        .get()
        .thenCompose(done -> {
          if (open.stateid().equals(used)) {
            open.giveUp();
            return CompletableFuture.failedFuture(
                CallException.of(
                    Kind.STATE_LOST, "the server has lost this open file (" + why.status() + ")"));
          }
          return CompletableFuture.completedFuture(null);
        });
  }
}
