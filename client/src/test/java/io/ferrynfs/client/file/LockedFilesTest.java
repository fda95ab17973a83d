package io.ferrynfs.client.file;

import static io.ferrynfs.client.testing.CopyLab.fh;
import static io.ferrynfs.client.testing.CopyLab.openStateid;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsLock;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.nfs4.Close4Args;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.ExistLockOwner4;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.FreeStateid4Res;
import io.ferrynfs.wire.nfs4.Lock4Args;
import io.ferrynfs.wire.nfs4.Lock4Denied;
import io.ferrynfs.wire.nfs4.Lock4Res;
import io.ferrynfs.wire.nfs4.Lock4Resok;
import io.ferrynfs.wire.nfs4.Locker4;
import io.ferrynfs.wire.nfs4.Locku4Args;
import io.ferrynfs.wire.nfs4.Locku4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StateOwner4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The requests of a file with locks (RFC 8881 sections 9 and 18.10 to 18.12). */
class LockedFilesTest {
  private static final int FEW = 100_000;
  private static final StateOwner4 SOMEBODY = new StateOwner4(99, Opaque.ofUtf8("somebody"));

  private final CopyLab lab = new CopyLab(FEW);
  private boolean free = true;
  private int locks;

  LockedFilesTest() throws Exception {
    lab.others = this::answer;
  }

  private @Nullable NfsResop4 answer(NfsArgop4 operation) {
    return switch (operation) {
      case NfsArgop4.Lock _ -> new NfsResop4.Lock(locked());
      case NfsArgop4.Locku(Locku4Args args) -> new NfsResop4.Locku(unlocked(args));
      case NfsArgop4.FreeStateid _ ->
          new NfsResop4.FreeStateid(new FreeStateid4Res(Nfsstat4.NFS4_OK));
      default -> null;
    };
  }

  private Lock4Res locked() {
    if (!free) {
      return new Lock4Res.Denied(new Lock4Denied(0, 1, NfsLockType4.WRITE_LT, SOMEBODY));
    }
    locks++;
    return new Lock4Res.Ok(new Lock4Resok(lockStateid(locks)));
  }

  private static Locku4Res unlocked(Locku4Args args) {
    return new Locku4Res.Ok(new Stateid4(7, args.lockStateid().other()));
  }

  private static Stateid4 lockStateid(int number) {
    return new Stateid4(
        1, Opaque.of(ByteBuffer.allocate(12).put(0, (byte) 'l').putInt(8, number).array()));
  }

  private static NfsArgop4 lock(NfsLockType4 type, long offset, long length, Locker4 locker) {
    return new NfsArgop4.Lock(new Lock4Args(type, false, offset, length, locker));
  }

  private List<NfsArgop4> last() {
    return lab.requests().getLast();
  }

  @Test
  void firstLockUsesTheOpenStateidAndTheNextTheLockStateid()
      throws Exception { // RFC 8881 section 18.10.3
    lab.await(lab.a.tryLockAsync(10, 20, true));
    assertThat(last()).hasSize(2).contains(CompoundOps.put(fh("/a")));
    assertThat(((NfsArgop4.Lock) last().getLast()).args().locker())
        .isInstanceOfSatisfying(
            Locker4.True.class,
            byOpen ->
                assertThat(byOpen.openOwner().openStateid())
                    .isEqualTo(CompoundOps.forData(openStateid(1))));
    lab.await(lab.a.tryLockAsync(50, 0, false));
    Locker4 byLock = new Locker4.False(new ExistLockOwner4(CompoundOps.forData(lockStateid(1)), 0));
    assertThat(last())
        .containsExactly(
            CompoundOps.put(fh("/a")),
            lock(NfsLockType4.WRITE_LT, 50, ByteRangeLocks.TO_END, byLock));
  }

  @Test
  void copyUsesTheLockStateids() throws Exception { // K-025
    NfsLock source = lab.await(lab.a.lockAsync(0, 10, true));
    lab.await(lab.b.lockAsync(0, 0, false));
    Copy4Args[] asked = new Copy4Args[1];
    lab.copy =
        args -> {
          asked[0] = args;
          return lab.atOnce(args.count());
        };
    lab.await(lab.a.copyTo(0, lab.b, 0, FEW, NfsCopyOptions.defaults()).completion());
    assertThat(asked[0].srcStateid()).isEqualTo(CompoundOps.forData(lockStateid(1)));
    assertThat(asked[0].dstStateid()).isEqualTo(CompoundOps.forData(lockStateid(2)));
    lab.await(source.closeAsync());
    lab.await(lab.a.copyTo(0, lab.b, 0, FEW, NfsCopyOptions.defaults()).completion());
    assertThat(asked[0].srcStateid()).isEqualTo(CompoundOps.forData(openStateid(1)));
  }

  @Test
  void closeUnlocksFirst() throws Exception { // K-030
    lab.await(lab.a.lockAsync(0, 10, true));
    lab.forget();
    lab.await(lab.a.closeAsync());
    Stateid4 lock = CompoundOps.forData(lockStateid(1));
    assertThat(lab.requests())
        .containsExactly(
            List.of(
                CompoundOps.put(fh("/a")),
                new NfsArgop4.Locku(
                    new Locku4Args(NfsLockType4.WRITE_LT, 0, lock, 0, ByteRangeLocks.TO_END)),
                new NfsArgop4.FreeStateid(new FreeStateid4Args(lock))),
            List.of(
                CompoundOps.put(fh("/a")), new NfsArgop4.Close(new Close4Args(0, openStateid(1)))));
  }

  @Test
  void lockIsPolledWithoutACallback() throws Exception { // RFC 8881 section 9.6
    free = false;
    CompletableFuture<NfsLock> waiting = lab.a.lockAsync(0, 10, true);
    lab.until(NfsOpnum4.OP_LOCK, 1);
    lab.forget();
    lab.world.run(Duration.ofMinutes(1));
    assertThat(lab.requests()).hasSizeBetween(14, 25);
    assertThat(((NfsArgop4.Lock) last().getLast()).args().locktype())
        .isEqualTo(NfsLockType4.READW_LT);
    free = true;
    assertThat(lab.await(waiting).isValid()).isTrue();
  }

  @Test
  void unknownLockStateidMeansALostLock() throws Exception {
    NfsLock lock = lab.await(lab.a.lockAsync(0, 10, true));
    lab.others =
        operation ->
            operation instanceof NfsArgop4.Lock
                ? new NfsResop4.Lock(new Lock4Res.Failed(Nfsstat4.NFS4ERR_BAD_STATEID))
                : answer(operation);
    assertThat(lab.failureOf(lab.a.tryLockAsync(20, 10, true)).reason())
        .isEqualTo(Reason.STATE_LOST);
    assertThat(lock.isValid()).isFalse();
    assertThat(lab.failureOf(lab.a.readAsync(ByteBuffer.allocate(10), 0)))
        .hasMessageContaining("the lock was lost");
    lab.forget();
    lab.await(lock.closeAsync());
    assertThat(lab.requests()).isEmpty();
    assertThat(lab.await(lab.a.readAsync(ByteBuffer.allocate(10), 0))).isEqualTo(10);
  }

  // RFC 8881 section 9.5: a lock that the server may have granted would block other owners
  @Test
  void lockWhoseReplyWasLostIsUnlocked() throws Exception {
    dropNextReply(NfsOpnum4.OP_LOCK);
    assertThat(lab.failureOf(lab.a.tryLockAsync(0, 10, false)).reason())
        .isEqualTo(Reason.TIMED_OUT);
    CompletableFuture<Optional<NfsLock>> again = lab.a.tryLockAsync(5, 10, false);
    lab.until(NfsOpnum4.OP_LOCKU, 1);
    assertThat(((NfsArgop4.Locku) lab.sent(NfsOpnum4.OP_LOCKU).getFirst()).args())
        .isEqualTo(
            new Locku4Args(NfsLockType4.WRITE_LT, 0, CompoundOps.forData(lockStateid(2)), 0, 10));
    assertThat(lab.await(again)).as("it is locked again only then").isPresent();
    assertThat(lab.order().subList(0, 4))
        .containsExactly(
            NfsOpnum4.OP_LOCK, NfsOpnum4.OP_LOCK, NfsOpnum4.OP_LOCKU, NfsOpnum4.OP_LOCK);
  }

  @Test
  void unlockWithoutAReplyIsRetried() throws Exception { // RFC 8881 section 18.12
    NfsLock lock = lab.await(lab.a.lockAsync(0, 10, false));
    dropNextReply(NfsOpnum4.OP_LOCKU);
    lab.await(lock.closeAsync());
    assertThat(lab.sent(NfsOpnum4.OP_LOCKU)).hasSize(2);
    assertThat(lab.await(lab.a.tryLockAsync(0, 10, false))).isPresent();
  }

  /** The server executes the next request with this operation, but does not reply. */
  private void dropNextReply(NfsOpnum4 operation) {
    boolean[] swallowed = new boolean[1];
    lab.server.swallows =
        request -> {
          boolean isIt =
              !swallowed[0]
                  && request.argarray().stream().anyMatch(each -> each.argop() == operation);
          swallowed[0] |= isIt;
          return isIt;
        };
  }
}
