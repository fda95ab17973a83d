package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Reclaimer;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Args;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.OpenDelegationType4;
import io.ferrynfs.wire.nfs4.Openflag4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.TestStateid4Args;
import io.ferrynfs.wire.nfs4.TestStateid4Res;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The open files of a client. After the server lost them, they are reclaimed by CLAIM_PREVIOUS in
 * the grace period, or opened again by filehandle. Opening again is equivalent, because this client
 * uses no deny modes and the write verifier detects lost data. Byte-range locks are reclaimed with
 * a reclaimed open, and are lost with one that is opened again.
 */
final class OpenFileTable implements Reclaimer {

  /** The maximum number of stateids in one TEST_STATEID. */
  private static final int TESTED_AT_ONCE = 100;

  private final ServerSession session;
  private final ReadDelegations delegations;

  /** In the order of the opens, so that a simulation is reproducible. */
  private final Set<RemoteOpenFile> files = Collections.synchronizedSet(new LinkedHashSet<>());

  OpenFileTable(ServerSession session, ReadDelegations delegations) {
    this.session = session;
    this.delegations = delegations;
  }

  void add(RemoteOpenFile file) {
    files.add(file);
  }

  void remove(RemoteOpenFile file) {
    files.remove(file);
  }

  List<RemoteOpenFile> all() {
    return List.copyOf(files);
  }

  @Override
  public CompletableFuture<Void> reclaim(Function<Compound, CompletableFuture<Results>> call) {
    return each(
        all(),
        file -> {
          file.state().lose();
          // The delegation is kept until the reply, so that another attempt claims it again.
          delegations.doubt(file);
          OpenDelegationType4 was =
              delegations.isHeld(file)
                  ? OpenDelegationType4.OPEN_DELEGATE_READ
                  : OpenDelegationType4.OPEN_DELEGATE_NONE;
          return open(file, new OpenClaim4.Previous(was), call)
              .thenCompose(done ->
                  file.state().isHeld()
                      ? file.locks().reclaim(call)
                      : CompletableFuture.completedFuture(null));
        });
  }

  @Override
  public CompletableFuture<Void> reopen(Function<Compound, CompletableFuture<Results>> call) {
    List<RemoteOpenFile> lost = all().stream().filter(file -> !file.state().isHeld()).toList();
    return each(
        lost,
        file ->
            openAgain(file, call)
                .thenAccept(done -> {
                  if (!file.state().isHeld()) {
                    file.state().giveUp();
                  }
                }));
  }

  /** Opens a file again by its filehandle, because the server does not know its stateid. */
  CompletableFuture<Void> reopen(RemoteOpenFile file) {
    return openAgain(file, session::attempt);
  }

  private CompletableFuture<Void> openAgain(
      RemoteOpenFile file, Function<Compound, CompletableFuture<Results>> call) {
    file.locks().ranges().loseAll();
    Stateid4 delegation = delegations.take(file);
    if (delegation != null) {
      delegations.sendReturn(file.handle(), delegation);
    }
    return open(file, new OpenClaim4.Fh(), call);
  }

  private CompletableFuture<Void> open(
      RemoteOpenFile file, OpenClaim4 claim, Function<Compound, CompletableFuture<Results>> call) {
    Open4Args args =
        new Open4Args(
            0,
            file.shareAccess(),
            Nfs4.OPEN4_SHARE_DENY_NONE,
            file.owner(),
            new Openflag4.Nocreate(),
            claim);
    delegations.opens();
    return call.apply(
            Compound.of(CompoundOps.put(file.handle())).once(new NfsArgop4.Open(args)).build())
        .thenAccept(results -> {
          // The delegation is lost with the open; the reply may grant another.
          var _ = delegations.take(file);
          if (results.ok()
              && results.results().getLast() instanceof NfsResop4.Open(Open4Res.Ok(var ok))) {
            file.state().hold(ok.stateid());
            answered(file, ok.delegation());
          }
        })
        .whenComplete((done, failure) -> delegations.opened());
  }

  /** Keeps the delegation in the reply to an OPEN, or returns it. */
  void answered(RemoteOpenFile file, OpenDelegation4 delegation) {
    boolean isWanted =
        (file.shareAccess() & Nfs4.OPEN4_SHARE_ACCESS_WANT_DELEG_MASK)
            == Nfs4.OPEN4_SHARE_ACCESS_WANT_READ_DELEG;
    delegations.answered(file, delegation, isWanted);
    if (delegations.isHeld(file)
        && all().stream().anyMatch(open -> open.writes() && open.handle().equals(file.handle()))) {
      delegations.written(file.handle());
    }
  }

  @Override
  public void callbacksDown() {
    delegations.returnAll();
  }

  /** A stateid to test: of a delegation (without a file), an open or its locks. */
  private record TestedStateid(@Nullable RemoteOpenFile file, Stateid4 stateid) {}

  @Override
  public void revoked() {
    List<TestedStateid> tested = new ArrayList<>();
    delegations.stateids().forEach(stateid -> tested.add(new TestedStateid(null, stateid)));
    for (RemoteOpenFile file : all()) {
      tested.add(new TestedStateid(file, file.state().stateid()));
      Stateid4 lock = file.locks().ranges().stateid();
      if (lock != null) {
        tested.add(new TestedStateid(file, lock));
      }
    }
    for (int from = 0; from < tested.size(); from += TESTED_AT_ONCE) {
      test(tested.subList(from, Math.min(tested.size(), from + TESTED_AT_ONCE)));
    }
  }

  private void test(List<TestedStateid> tested) {
    // Seqid 0, because a LOCK may be pending.
    List<Stateid4> stateids =
        tested.stream().map(one -> CompoundOps.forData(one.stateid())).toList();
    var _ =
        session
            .call(Compound.of(new NfsArgop4.TestStateid(new TestStateid4Args(stateids))).build())
            .thenAccept(results -> {
              if (results.results().getFirst()
                      instanceof NfsResop4.TestStateid(TestStateid4Res.Ok(var ok))
                  && ok.statusCodes().size() == stateids.size()) {
                for (int i = 0; i < stateids.size(); i++) {
                  if (ok.statusCodes().get(i) != Nfsstat4.NFS4_OK) {
                    RemoteOpenFile file = tested.get(i).file();
                    if (file == null) {
                      delegations.revoked(stateids.get(i));
                    } else {
                      var _ = file.locks().ranges().lose(stateids.get(i));
                    }
                    free(stateids.get(i));
                  }
                }
              }
            });
  }

  /**
   * Frees a revoked stateid, so that the server clears its flag in SEQUENCE (RFC 8881 section 8.3).
   * The next request that uses the open opens the file again.
   */
  private void free(Stateid4 revoked) {
    var _ =
        session.attempt(
            Compound.of().once(new NfsArgop4.FreeStateid(new FreeStateid4Args(revoked))).build());
  }

  /**
   * Runs some work for each file. An error status ends the work of one file; the loss of the
   * session ends all.
   */
  private static CompletableFuture<Void> each(
      List<RemoteOpenFile> files, Function<RemoteOpenFile, CompletableFuture<Void>> work) {
    List<CompletableFuture<Void>> parts = new ArrayList<>();
    for (RemoteOpenFile file : files) {
      parts.add(Futures.recover(work.apply(file), OpenFileTable::ignoreStatus));
    }
    return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
  }

  private static CompletableFuture<Void> ignoreStatus(Throwable failure) {
    CallException call = CallFailures.call(failure);
    return call.kind() == Kind.STATUS
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(call);
  }
}
