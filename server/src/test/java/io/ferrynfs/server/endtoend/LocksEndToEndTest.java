package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsLock;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.nio.ByteBuffer;
import java.nio.channels.OverlappingFileLockException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Locks of the client library at Ferry's server: RFC 8881 sections 9, 18.10 to 18.12 and 20.11. */
class LocksEndToEndTest {
  private static final byte[] CONTENT = World.random(1000);

  private final RestartWorld lab = new RestartWorld(1);
  private final NfsClient alpha;
  private final NfsClient beta;
  private final NfsFile mine;
  private final NfsFile theirs;

  LocksEndToEndTest() throws ExecutionException {
    alpha = lab.connect("alpha");
    beta = lab.connect("beta");
    mine = lab.make(alpha, "/file", CONTENT);
    theirs =
        lab.await(
            beta.openAsync(
                NfsPath.of("/file"), NfsOpenOptions.forReading().toBuilder().write(true).build()));
  }

  private Optional<NfsLock> attempt(NfsFile file, long position, long size, boolean shared)
      throws ExecutionException {
    return lab.await(file.tryLockAsync(position, size, shared));
  }

  private NfsLock locked(NfsFile file, long position, long size) throws ExecutionException {
    return attempt(file, position, size, false).orElseThrow();
  }

  private static CompletableFuture<Integer> readSome(NfsFile file) {
    return file.readAsync(ByteBuffer.allocate(10), 0);
  }

  private Reason failure(CompletableFuture<?> future) {
    try {
      lab.await(future);
      throw new AssertionError("did not fail");
    } catch (ExecutionException failed) {
      return Objects.requireNonNull((NfsException) failed.getCause()).reason();
    }
  }

  @Test
  void lockedRangeConflictsUntilItIsReleased() throws Exception {
    NfsLock lock = locked(mine, 100, 50);
    assertThat(attempt(theirs, 149, 1, true)).isEmpty();
    assertThat(attempt(theirs, 150, 0, false)).isPresent();
    lab.await(lock.closeAsync());
    lab.await(lock.closeAsync());
    assertThat(lock.isValid()).isFalse();
    assertThat(attempt(theirs, 149, 1, false)).isPresent();
    assertThat(attempt(mine, 0, 0, true)).isEmpty();
  }

  @Test
  void sharedLocksCoexistAndExclusiveLocksDoNot() throws Exception {
    assertThat(attempt(mine, 0, 0, true)).isPresent();
    assertThat(attempt(theirs, 0, 10, true)).isPresent();
    assertThat(attempt(theirs, 10, 10, false)).isEmpty();
  }

  @Test
  void rangeIsLockedOnceThroughOneFile() throws Exception {
    NfsLock lock = locked(mine, 0, 10);
    assertThatThrownBy(() -> mine.tryLockAsync(9, 1, true))
        .isInstanceOf(OverlappingFileLockException.class);
    lab.await(lock.closeAsync());
    assertThat(attempt(mine, 9, 1, true)).isPresent();
    assertThatThrownBy(() -> mine.lockAsync(-1, 1, true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void waiterGetsTheLockAsSoonAsItIsReleased() throws Exception { // RFC 8881 section 20.11
    NfsLock lock = locked(mine, 0, 0);
    CompletableFuture<NfsLock> waiting = theirs.lockAsync(0, 0, false);
    lab.world.run(Duration.ofSeconds(60));
    assertThat(waiting).isNotDone();
    long callsBefore = lab.operationCount(NfsOpnum4.OP_LOCK).calls();
    lab.await(lock.closeAsync());
    lab.world.run(Duration.ofMillis(100));
    assertThat(waiting).isCompleted();
    assertThat(lab.operationCount(NfsOpnum4.OP_LOCK).calls()).isEqualTo(callsBefore + 1);
    assertThat(waiting.join().isValid()).isTrue();
  }

  @Test
  void cancelledLockRequestLosesItsPlaceInTheQueue() throws Exception { // RFC 8881 section 9.6
    NfsLock lock = locked(mine, 0, 0);
    CompletableFuture<NfsLock> waiting = theirs.lockAsync(0, 0, false);
    lab.world.run(Duration.ofSeconds(1));
    waiting.cancel(false);
    lab.world.run(Duration.ofSeconds(1));
    lab.await(lock.closeAsync());
    assertThat(attempt(mine, 0, 0, false)).isPresent();
    assertThat(lab.server().stateidCount()).isEqualTo(3);
  }

  @Test
  void closeOfAFileReleasesItsLocksAndEndsItsLockRequests() throws Exception { // K-030
    locked(mine, 0, 10);
    CompletableFuture<NfsLock> waiting = theirs.lockAsync(0, 0, false);
    lab.await(mine.closeAsync());
    lab.world.run(Duration.ofSeconds(1));
    assertThat(waiting).isCompleted();
    NfsFile third = lab.await(alpha.openAsync(NfsPath.of("/file"), NfsOpenOptions.forReading()));
    CompletableFuture<NfsLock> behind = third.lockAsync(0, 0, true);
    lab.await(third.closeAsync());
    assertThat(behind).isCompletedExceptionally();
    lab.await(theirs.closeAsync());
    assertThat(lab.server().stateidCount()).isZero();
  }

  @Test
  void lockNeedsAFileOpenWithTheMatchingAccess() throws Exception {
    NfsFile reading = lab.await(beta.openAsync(NfsPath.of("/file"), NfsOpenOptions.forReading()));
    assertThat(failure(reading.tryLockAsync(0, 1, false))).isEqualTo(Reason.LOCKED);
    assertThat(failure(reading.lockAsync(0, 1, false))).isEqualTo(Reason.LOCKED);
    assertThat(attempt(reading, 0, 1, true)).isPresent();
  }

  @Test
  void lockedRangeIsReadWrittenAndCopiedByItsHolder() throws Exception { // K-025
    NfsLock lock = locked(mine, 0, 0);
    lab.await(mine.writeAsync(ByteBuffer.wrap(CONTENT, 0, 500), 500));
    assertThat(lab.await(readSome(mine))).isEqualTo(10);
    NfsFile copy = lab.make(alpha, "/copy", new byte[0]);
    NfsLock other = locked(copy, 0, 100);
    NfsCopyOptions offloaded = NfsCopyOptions.builder().requireOffload(true).build();
    lab.await(mine.copyTo(0, copy, 0, 1000, offloaded).completion());
    lab.await(other.closeAsync());
    lab.await(lock.closeAsync());
    assertThat(lab.read(copy)).isEqualTo(lab.read(mine));
  }

  @Test
  void locksAreReclaimedFromARestartedServer() throws Exception { // RFC 8881 section 9.11
    NfsLock lock = locked(mine, 0, 10);
    NfsLock second = attempt(mine, 20, 0, true).orElseThrow();
    lab.killIn(Duration.ZERO, Duration.ofSeconds(2));
    assertThat(attempt(theirs, 0, 5, true)).isEmpty();
    assertThat(lock.isValid()).isTrue();
    assertThat(second.isValid()).isTrue();
    assertThat(attempt(theirs, 100, 5, true)).isPresent();
    assertThat(attempt(theirs, 50, 5, false)).isEmpty();
    assertThat(lab.await(readSome(mine))).isEqualTo(10);
    lab.await(lock.closeAsync());
    assertThat(attempt(theirs, 0, 5, false)).isPresent();
  }

  @Test
  void lockRequestKeepsWaitingAcrossARestart() throws Exception {
    NfsLock lock = locked(mine, 0, 10);
    CompletableFuture<NfsLock> waiting = theirs.lockAsync(0, 10, false);
    lab.killIn(Duration.ofSeconds(1), Duration.ofSeconds(2));
    lab.world.run(RestartWorld.LEASE.multipliedBy(2));
    assertThat(waiting).isNotDone();
    lab.await(lock.closeAsync());
    assertThat(lab.await(waiting).isValid()).isTrue();
  }

  @Test
  void lostLockIsReportedUntilItIsClosed() throws Exception {
    NfsLock lock = locked(mine, 0, 10);
    lab.world.partition("server", "alpha");
    lab.world.run(RestartWorld.LEASE.multipliedBy(3));
    NfsLock stolen = locked(theirs, 0, 10);
    lab.world.heal("server", "alpha");
    assertThat(failure(readSome(mine))).isEqualTo(Reason.STATE_LOST);
    assertThat(failure(mine.writeAsync(ByteBuffer.allocate(1), 0))).isEqualTo(Reason.STATE_LOST);
    assertThat(lock.isValid()).isFalse();
    assertThat(stolen.isValid()).isTrue();
    lab.await(lock.closeAsync());
    assertThat(lab.await(readSome(mine))).isEqualTo(10);
    assertThat(attempt(mine, 0, 10, true)).isEmpty();
  }
}
