package io.ferrynfs.client.offload;

import static io.ferrynfs.client.testing.CopyLab.complete;
import static io.ferrynfs.client.testing.CopyLab.copyStateid;
import static io.ferrynfs.client.testing.CopyLab.failedStatus;
import static io.ferrynfs.client.testing.CopyLab.running;
import static io.ferrynfs.client.testing.CopyLab.verifier;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.rpc.testkit.Fate;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Broken connections, lost sessions and restarts during a copy. */
class LostServerTest {

  private static final int FEW = 100_000;

  private final CopyLab lab;
  private int copies;

  LostServerTest() throws Exception {
    lab = new CopyLab(FEW);
    lab.copy = args -> lab.asynchronous(++copies);
    lab.status = stateid -> running(0);
  }

  private CopyHandle started() {
    CopyHandle handle = lab.a.copyTo(0, lab.b, 0, FEW, NfsCopyOptions.defaults());
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.world.run(Duration.ofMillis(10));
    return handle;
  }

  // W-027, C-044
  @Test
  void copyWhoseReplyWasLostIsNotStartedTwice() throws Exception {
    boolean[] broken = {false};
    int[] copied = {0};
    lab.copy =
        args -> {
          copied[0]++;
          lab.world.faults(message -> {
            boolean first = message.from().equals("server") && !broken[0];
            broken[0] |= first;
            return first ? Fate.BREAK_BEFORE : Fate.DELIVER;
          });
          return lab.asynchronous(1);
        };
    CopyHandle handle = lab.a.copyTo(0, lab.b, 0, FEW, NfsCopyOptions.defaults());
    lab.world.run(Duration.ofSeconds(2));
    assertThat(copied[0]).isEqualTo(1);
    assertThat(lab.callback(copyStateid(1), lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
    assertThat(copied[0]).isEqualTo(1);
  }

  // W-027, B-002: the callback precedes the replayed reply
  @Test
  void earlyCallbackIsKeptUntilTheReplyIsReplayed() throws Exception {
    boolean[] broken = {false};
    lab.copy =
        args -> {
          lab.world.faults(message -> {
            boolean first = message.from().equals("server") && !broken[0];
            broken[0] |= first;
            return first ? Fate.BREAK_BEFORE : Fate.DELIVER;
          });
          return lab.asynchronous(1);
        };
    CopyHandle handle = lab.a.copyTo(0, lab.b, 0, FEW, NfsCopyOptions.defaults());
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.server.hold = true;
    assertThat(lab.world.runUntil(() -> !lab.server.held.isEmpty(), CopyLab.LONG)).isTrue();
    // BIND_CONN_TO_SESSION is held: the connection is bound, then COPY is retried and held.
    lab.server.held.removeFirst().run();
    assertThat(lab.world.runUntil(() -> !lab.server.held.isEmpty(), CopyLab.LONG)).isTrue();
    assertThat(lab.callback(copyStateid(1), lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    lab.server.hold = false;
    lab.server.held.removeFirst().run();
    assertThat(lab.await(handle.completion()).how()).isEqualTo(CopyResult.How.OFFLOADED);
  }

  // B-018, S-008, A-016: a callback may be lost with the connection
  @Test
  void newConnectionTriggersOffloadStatus() throws Exception {
    lab.status = stateid -> complete(FEW, Nfsstat4.NFS4_OK);
    CopyHandle handle = started();
    lab.server.connections().getLast().close();
    lab.world.run(Duration.ofSeconds(1));
    assertThat(handle.completion()).isCompleted();
    assertThat(lab.await(handle.completion()).how()).isEqualTo(CopyResult.How.OFFLOADED);
  }

  // E-001: otherwise no callback could arrive
  @Test
  void sessionIsCreatedWithABackchannel() {
    assertThat(lab.server.executed.stream().flatMap(each -> each.argarray().stream()))
        .filteredOn(operation -> operation.argop() == NfsOpnum4.OP_CREATE_SESSION)
        .singleElement()
        .isInstanceOfSatisfying(
            NfsArgop4.CreateSession.class,
            made -> {
              assertThat(made.args().flags() & Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN)
                  .isNotZero();
              assertThat(made.args().cbProgram()).isEqualTo(0x4000_0000L);
              assertThat(made.args().backChanAttrs().maxrequests()).isPositive();
            });
  }

  // E-005, A-018
  @Test
  void lostBackchannelIsBoundAgain() throws Exception {
    CopyHandle handle = started();
    lab.server.statusFlags = Nfs4.SEQ4_STATUS_CB_PATH_DOWN_SESSION;
    lab.await(lab.b.attributesAsync());
    lab.server.statusFlags = 0;
    lab.world.run(Duration.ofSeconds(1));
    assertThat(lab.server.executed.getLast().argarray().getFirst().argop())
        .isEqualTo(NfsOpnum4.OP_BIND_CONN_TO_SESSION);
    lab.callback(copyStateid(1), lab.done(FEW));
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
  }

  // E-005: the copy may be among the lost state
  @Test
  void revokedStateFlagTriggersOffloadStatus() throws Exception {
    lab.status = stateid -> complete(FEW, Nfsstat4.NFS4_OK);
    CopyHandle handle = started();
    lab.server.statusFlags = Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED;
    lab.await(lab.b.attributesAsync());
    lab.world.run(Duration.ofSeconds(1));
    assertThat(handle.completion()).isCompleted();
  }

  // S-008
  @Test
  void copyContinuesInANewSession() throws Exception {
    CopyHandle handle = started();
    lab.server.forgetSessions();
    lab.until(NfsOpnum4.OP_OFFLOAD_STATUS, 2);
    assertThat(lab.callback(copyStateid(1), lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion()).how()).isEqualTo(CopyResult.How.OFFLOADED);
    assertThat(lab.copies()).hasSize(1);
  }

  // K-019, K-020, C9, A-027, T-008
  @Test
  void restartOfTheServerRestartsTheCopy() throws Exception {
    CopyHandle handle = started();
    lab.server.forgetClients();
    lab.verifier = verifier(2);
    lab.server.connections().getLast().close();
    lab.until(NfsOpnum4.OP_COPY, 2);
    assertThat(lab.sent(NfsOpnum4.OP_OPEN)).hasSize(2);
    assertThat(lab.copies().getLast().srcOffset()).isZero();
    assertThat(lab.copies().getLast().count()).isEqualTo(FEW);
    assertThat(lab.callback(copyStateid(1), lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(handle.completion()).isNotDone();
    lab.callback(copyStateid(2), lab.done(FEW));
    assertThat(lab.await(handle.completion()).how()).isEqualTo(CopyResult.How.OFFLOADED);
  }

  // K-019: without a disconnect, the next SEQUENCE reveals the restart
  @Test
  void restartWithoutADisconnectIsDetectedWithinHalfALease() {
    started();
    long before = lab.world.nanoTime();
    lab.server.forgetClients();
    lab.until(NfsOpnum4.OP_COPY, 2);
    assertThat(Duration.ofNanos(lab.world.nanoTime() - before)).isLessThan(Duration.ofSeconds(45));
  }

  // D-003, B-014: a part from before the restart does not count as durable
  @Test
  void unstablePartBeforeARestartIsCopiedAgain() throws Exception {
    CopyHandle handle = started();
    lab.callback(copyStateid(1), lab.done(40_000, StableHow4.UNSTABLE4));
    lab.until(NfsOpnum4.OP_COPY, 2);
    lab.world.run(Duration.ofMillis(10));
    lab.server.forgetClients();
    lab.verifier = verifier(2);
    lab.server.connections().getLast().close();
    lab.until(NfsOpnum4.OP_COPY, 3);
    lab.callback(copyStateid(3), lab.done(60_000, StableHow4.UNSTABLE4));
    lab.until(NfsOpnum4.OP_COPY, 4);
    lab.callback(copyStateid(4), lab.done(FEW, StableHow4.UNSTABLE4));
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
    List<Long> offsets = lab.copies().stream().map(args -> args.srcOffset()).toList();
    assertThat(offsets).containsExactly(0L, 40_000L, 40_000L, 0L);
  }

  // K-020, bounded
  @Test
  void serverThatKeepsRestartingIsStreamed() throws Exception {
    CopyHandle handle = lab.a.copyTo(0, lab.b, 0, FEW, NfsCopyOptions.defaults());
    for (int i = 1; i <= 3; i++) {
      lab.until(NfsOpnum4.OP_COPY, i);
      lab.world.run(Duration.ofMillis(10));
      lab.server.forgetClients();
      lab.server.connections().getLast().close();
    }
    assertThat(lab.await(handle.completion()))
        .isEqualTo(new CopyResult(FEW, CopyResult.How.STREAMED, "the server restarted"));
    assertThat(lab.destination).isEqualTo(lab.source);
  }

  // B40
  @Test
  void serverThatDoesNotReturnFailsTheCopy() {
    CopyHandle handle = started();
    lab.world.partition("client", "server");
    NfsException failure = lab.failureOf(handle.completion());
    assertThat(failure.reason()).isIn(Reason.UNREACHABLE, Reason.TIMED_OUT);
    assertThat(failure).hasMessageContaining("0 of 100000 bytes are known to be there");
    // The time for one poll and one call, without the time for cleanup.
    assertThat(lab.world.nanoTime()).isLessThan(Duration.ofSeconds(140).toNanos());
  }

  // B-018, B40: whatever is lost, the copy ends once and reports the outcome
  @Test
  void copyEndsWhateverMessagesAreLost() throws Exception {
    for (int seed = 1; seed <= 40; seed++) {
      CopyLab storm = new CopyLab(FEW);
      java.util.Random random = new java.util.Random(seed);
      int[] number = {0};
      List<Integer> finished = new ArrayList<>();
      storm.copy =
          args -> {
            int copy = ++number[0];
            storm
                .world
                .host("server")
                .timers()
                .schedule(
                    Duration.ofMillis(random.nextInt(20_000)),
                    () -> {
                      storm.perform(args);
                      finished.add(copy);
                      if (!storm.server.connections().isEmpty()) {
                        var _ =
                            storm.sendCallback(
                                CopyLab.fh("/b"), copyStateid(copy), storm.done(args.count()));
                      }
                    });
            return storm.asynchronous(copy);
          };
      storm.status =
          stateid ->
              finished.stream().anyMatch(copy -> copyStateid(copy).equals(stateid))
                  ? complete(FEW, Nfsstat4.NFS4_OK)
                  : number[0] == 0 ? failedStatus(Nfsstat4.NFS4ERR_BAD_STATEID) : running(0);
      storm.world.faults(message ->
          random.nextInt(10) > 0
              ? Fate.DELIVER
              : random.nextBoolean() ? Fate.BREAK_BEFORE : Fate.BREAK_AFTER);
      CopyHandle handle = storm.a.copyTo(0, storm.b, 0, FEW, NfsCopyOptions.defaults());
      assertThat(storm.await(handle.completion()).bytes()).isEqualTo(FEW);
      assertThat(storm.destination).as("seed %s", seed).isEqualTo(storm.source);
    }
  }
}
