package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.commit;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static io.ferrynfs.server.testing.Ops.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.config.WriteVerifier;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import io.ferrynfs.storage.testkit.faults.FaultPlan;
import io.ferrynfs.storage.testkit.faults.FaultyVolume;
import io.ferrynfs.storage.testkit.faults.Operation;
import io.ferrynfs.wire.nfs4.Allocate4Args;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Deallocate4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How the write verifier changes when a disk fails (RFC 8881 section 18.3.3). */
class DurabilityTest {
  private final FaultPlan plan = new FaultPlan();
  private final FileLab lab =
      new FileLab(CopyRules.LINUX, new FaultyVolume(FileLab.memory("data"), plan));
  private final NfsFh4 file = lab.file("file", "x".repeat(64));

  // C-035, D-002
  @Test
  void everyFailedSyncChangesTheVerifier() {
    NfsFh4 other = lab.file("other", "y".repeat(64));
    NfsArgop4 allocate = new NfsArgop4.Allocate(new Allocate4Args(Stateids.ANONYMOUS, 0, 64));
    NfsArgop4 deallocate = new NfsArgop4.Deallocate(new Deallocate4Args(Stateids.ANONYMOUS, 0, 64));
    NfsArgop4 clone =
        new NfsArgop4.Clone(new Clone4Args(Stateids.ANONYMOUS, Stateids.ANONYMOUS, 0, 0, 0));
    NfsArgop4 stable = write(Stateids.ANONYMOUS, 0, StableHow4.FILE_SYNC4, "z");
    assertThatItChangesTheVerifier(putfh(file), allocate);
    assertThatItChangesTheVerifier(putfh(file), deallocate);
    assertThatItChangesTheVerifier(putfh(other), savefh(), putfh(file), clone);
    assertThatItChangesTheVerifier(putfh(file), stable);
    assertThatItChangesTheVerifier(putfh(file), commit());
  }

  private void assertThatItChangesTheVerifier(NfsArgop4... operations) {
    Verifier4 before = committed();
    plan.fail(Operation.SYNC, 1, Status.IO);
    assertThat(lab.status(operations)).isEqualTo(Nfsstat4.NFS4ERR_IO);
    assertThat(committed()).isNotEqualTo(before);
  }

  private Verifier4 committed() {
    NfsResop4 result = lab.last(putfh(file), commit());
    return ((Commit4Res.Ok) ((NfsResop4.Commit) result).res()).value().writeverf();
  }

  // D-002
  @Test
  void syncThatDidNotStartKeepsTheVerifier() {
    Verifier4 before = committed();
    plan.fail(Operation.SYNC, 1, Status.TRY_LATER);
    assertThat(lab.status(putfh(file), commit())).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(committed()).isEqualTo(before);
  }

  // D-002
  @Test
  void commitThatOverlapsAFailedSyncReturnsANewVerifier() throws Exception {
    WriteVerifier verifier = new WriteVerifier(new ManualEnv().random());
    Verifier4 before = verifier.current();
    CompletableFuture<Object> commit = new CompletableFuture<>();
    overlapped(verifier, commit, (key, open) -> verifier.commit(key, open));
    assertThat(commit.get(30, TimeUnit.SECONDS)).isNotEqualTo(before).isEqualTo(verifier.current());
  }

  // D-002
  @Test
  void stableWriteThatOverlapsAFailedSyncFails() throws Exception {
    WriteVerifier verifier = new WriteVerifier(new ManualEnv().random());
    CompletableFuture<Object> write = new CompletableFuture<>();
    overlapped(
        verifier,
        write,
        (key, open) -> {
          verifier.sync(key, open, SyncScope.ALL);
          return "durable";
        });
    assertThat(write.get(30, TimeUnit.SECONDS)).isInstanceOf(StorageException.class);
  }

  /** An operation that makes a file durable. */
  @FunctionalInterface
  private interface Syncing {
    Object run(FileKey key, OpenFile file) throws StorageException;
  }

  /**
   * Runs an operation whose own sync succeeds while the sync of another thread has failed in the
   * kernel but has not returned yet.
   */
  private void overlapped(
      WriteVerifier verifier, CompletableFuture<Object> outcome, Syncing syncing) throws Exception {
    FileKey key = new FileKey(1, lab.volume.root());
    CountDownLatch failed = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    plan.on(
        Operation.SYNC,
        1,
        () -> {
          failed.countDown();
          await(mayReturn);
          throw new StorageException(Status.IO);
        });
    // The second sync succeeds and then lets the first one return.
    plan.on(Operation.SYNC, 2, mayReturn::countDown);
    try (OpenFile open =
        lab.volume.open(
            Caller.SUPERUSER,
            lab.volume.lookup(Caller.SUPERUSER, lab.volume.root(), Name.of("file")).handle(),
            OpenAccess.WRITE)) {
      Thread first =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  verifier.sync(key, open, SyncScope.ALL);
                } catch (StorageException _) {
                  // The plan makes this sync fail.
                }
              });
      await(failed);
      try {
        outcome.complete(syncing.run(key, open));
      } catch (StorageException e) {
        outcome.complete(e);
      }
      first.join();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // C-035
  @Test
  void commitNeedsNoPermissionWhileTheCallerHasTheFileOpen() {
    Stateid4 open = lab.open(file, "owner", Ops.WRITE);
    lab.run(putfh(file), write(open, 0, StableHow4.UNSTABLE4, "z"));
    plan.failAll(Operation.OPEN, Status.ACCESS);
    assertThat(lab.status(putfh(file), commit())).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(plan.calls(Operation.SYNC)).isEqualTo(1);
  }
}
