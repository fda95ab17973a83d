package io.ferrynfs.server.session;

import static io.ferrynfs.server.testing.Ops.destroySession;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection;
import io.ferrynfs.server.testing.TestConnection.SentCallback;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.BackchannelCtl4Args;
import io.ferrynfs.wire.nfs4.BindConnToSession4Args;
import io.ferrynfs.wire.nfs4.CallbackSecParms4;
import io.ferrynfs.wire.nfs4.CbCompound4Args;
import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Res;
import io.ferrynfs.wire.nfs4.CbSequence4Args;
import io.ferrynfs.wire.nfs4.CbSequence4Res;
import io.ferrynfs.wire.nfs4.ChannelDirFromClient4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Callbacks: RFC 8881 sections 2.10.3.1, 2.10.6.2 and 20.9. */
class BackChannelTest {
  private static final NfsCbArgop4 RECALL =
      new NfsCbArgop4.Recall(
          new CbRecall4Args(Stateids.CURRENT, false, new NfsFh4(Opaque.ofUtf8("file"))));

  private final TestServer server = TestServer.start();
  private final RawClient client = server.client("alpha").mount();
  private final TestConnection first = client.connection();

  private Client record() {
    NfsArgop4.Sequence sequence = (NfsArgop4.Sequence) client.sequence(5, 1, false);
    SequenceOutcome outcome =
        server
            .services()
            .clients()
            .begin(new SequenceRequest(sequence.args(), 1, 100, 0, client.connection()));
    SlotTicket ticket = ((SequenceOutcome.Execute) outcome).ticket();
    ticket.finish(null);
    return ticket.session().client();
  }

  private TestConnection bindAnother() {
    TestConnection other = server.connect();
    client
        .onConnection(other)
        .compound(
            new NfsArgop4.BindConnToSession(
                new BindConnToSession4Args(
                    client.sessionid(), ChannelDirFromClient4.CDFC4_FORE_OR_BOTH, false)));
    return other;
  }

  private static SentCallback nextCallback(TestConnection connection) {
    return Objects.requireNonNull(connection.nextCallback(), "no callback was sent");
  }

  private static void answer(SentCallback callback, Nfsstat4 status) {
    callback.answer(new NfsCbResop4.Recall(new CbRecall4Res(status)));
  }

  private static CbCompound4Res sequenceFailure(Nfsstat4 status) {
    return new CbCompound4Res(
        status, Opaque.EMPTY, List.of(new NfsCbResop4.Sequence(new CbSequence4Res.Failed(status))));
  }

  @Test
  void callbackIsACbSequenceAndOneOperation() { // W-022, W-030
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback sent = nextCallback(first);
    assertThat(sent.program()).isEqualTo(RawClient.CB_PROGRAM);
    assertThat(sent.args())
        .isEqualTo(
            new CbCompound4Args(
                Opaque.EMPTY,
                2,
                0,
                List.of(
                    new NfsCbArgop4.Sequence(
                        new CbSequence4Args(client.sessionid(), 1, 0, 0, false, List.of())),
                    RECALL)));
    answer(sent, Nfsstat4.NFS4_OK);
    assertThat(result)
        .isCompletedWithValue(new NfsCbResop4.Recall(new CbRecall4Res(Nfsstat4.NFS4_OK)));
  }

  @Test
  void concurrentCallbacksUseSeparateSlots() {
    CallbackQueue callbacks = record().callbacks();
    for (int i = 0; i < 6; i++) {
      var _ = callbacks.send(Callback.of(RECALL));
    }
    for (int slot = 0; slot < 4; slot++) {
      SentCallback sent = nextCallback(first);
      assertThat(sent.sequence().slotid()).isEqualTo(slot);
      assertThat(sent.sequence().sequenceid()).isEqualTo(1);
      if (slot == 3) {
        assertThat(first.nextCallback()).isNull();
        answer(sent, Nfsstat4.NFS4_OK);
      }
    }
    SentCallback fifth = nextCallback(first);
    assertThat(fifth.sequence().slotid()).isEqualTo(3);
    assertThat(fifth.sequence().sequenceid()).isEqualTo(2);
  }

  @Test
  void callbackOfABrokenConnectionIsRetriedOnAnotherWithTheSameSequenceid() { // E-002
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback lost = nextCallback(first);
    TestConnection second = bindAnother();
    first.disconnect();
    lost.fail(RpcException.Kind.CONNECTION_LOST);
    SentCallback retry = nextCallback(second);
    assertThat(retry.args()).isEqualTo(lost.args());
    answer(retry, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
  }

  @Test
  void callbackWaitsForAConnection() {
    Client record = record();
    first.disconnect();
    CompletableFuture<NfsCbResop4> result = record.callbacks().send(Callback.of(RECALL));
    assertThat(result).isNotDone();
    SentCallback sent = nextCallback(bindAnother());
    answer(sent, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
  }

  @Test
  void callbackThatTimesOutIsRetriedOnTheNextConnection() {
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback unanswered = nextCallback(first);
    unanswered.fail(RpcException.Kind.TIMED_OUT);
    assertThat(client.statusFlags() & Nfs4.SEQ4_STATUS_CB_PATH_DOWN).isNotZero();
    SentCallback retry = nextCallback(bindAnother());
    assertThat(retry.args()).isEqualTo(unanswered.args());
    answer(retry, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
    assertThat(client.statusFlags()).isZero();
  }

  @Test
  void callbackThatReturnsDelayIsRetriedLater() {
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback sent = nextCallback(first);
    answer(sent, Nfsstat4.NFS4ERR_DELAY);
    assertThat(first.nextCallback()).isNull();
    server.env().advance(Duration.ofMillis(100));
    SentCallback again = nextCallback(first);
    assertThat(again.sequence().sequenceid()).isEqualTo(2);
    answer(again, Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(result)
        .isCompletedWithValue(
            new NfsCbResop4.Recall(new CbRecall4Res(Nfsstat4.NFS4ERR_BAD_STATEID)));
  }

  @Test
  void callbackThatReturnsDelayReleasesItsSlotForQueuedCallbacks() {
    Client record = record();
    List<SentCallback> nextCallback = new ArrayList<>();
    SentCallback next;
    do {
      var _ = record.callbacks().send(Callback.of(RECALL));
      next = first.nextCallback();
      if (next != null) {
        nextCallback.add(next);
      }
    } while (next != null);
    SentCallback busy = nextCallback.getFirst();
    answer(busy, Nfsstat4.NFS4ERR_DELAY);
    SentCallback waited = nextCallback(first);
    assertThat(waited.sequence().slotid()).isEqualTo(busy.sequence().slotid());
  }

  @Test
  void delayOfCbSequenceRepeatsTheSameRequest() {
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback sent = nextCallback(first);
    sent.answer(sequenceFailure(Nfsstat4.NFS4ERR_DELAY));
    server.env().advance(Duration.ofMillis(100));
    SentCallback again = nextCallback(first);
    assertThat(again.args()).isEqualTo(sent.args());
    answer(again, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
  }

  @Test
  void slotOnWhichTheClientDisagreesIsAbandoned() { // E-003
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback sent = nextCallback(first);
    sent.answer(sequenceFailure(Nfsstat4.NFS4ERR_SEQ_MISORDERED));
    assertThat(client.statusFlags()).isEqualTo(Nfs4.SEQ4_STATUS_BACKCHANNEL_FAULT);
    server.env().advance(Duration.ofMillis(100));
    SentCallback again = nextCallback(first);
    assertThat(again.sequence().slotid()).isEqualTo(1);
    answer(again, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
  }

  @Test
  void sessionWithoutABackchannelReportsCbPathDown() { // E-005
    assertThat(client.statusFlags()).isZero();
    client.onConnection(server.connect());
    client.call();
    first.disconnect();
    assertThat(client.statusFlags())
        .isEqualTo(Nfs4.SEQ4_STATUS_CB_PATH_DOWN | Nfs4.SEQ4_STATUS_CB_PATH_DOWN_SESSION);
    bindAnother();
    assertThat(client.statusFlags()).isZero();
  }

  /** Replaces the session and returns the connection of the new one. */
  private TestConnection replaceTheSession() {
    Sessionid4 old = client.sessionid();
    TestConnection second = server.connect();
    client.onConnection(second).createSession(2, RawClient.channel(4096, 1024, 8, 2));
    client.onConnection(first).compound(destroySession(old));
    return second;
  }

  @Test
  void callbackUsesAnotherSessionAfterItsOwnIsDestroyed() { // E-010, W-030
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback unanswered = nextCallback(first);
    TestConnection second = replaceTheSession();
    SentCallback resent = nextCallback(second);
    assertThat(resent.sequence().sessionid()).isEqualTo(client.sessionid());
    answer(resent, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
    unanswered.fail(RpcException.Kind.CONNECTION_LOST);
    assertThat(second.nextCallback()).isNull();
  }

  @Test
  void replyInADestroyedSessionReleasesNoSlotOfAnother() {
    CallbackQueue callbacks = record().callbacks();
    CompletableFuture<NfsCbResop4> result = callbacks.send(Callback.of(RECALL));
    SentCallback late = nextCallback(first);
    TestConnection second = replaceTheSession();
    SentCallback resent = nextCallback(second);
    assertThat(resent.sequence().slotid()).isZero();
    answer(late, Nfsstat4.NFS4_OK);
    assertThat(result).isNotDone();
    var _ = callbacks.send(Callback.of(RECALL));
    assertThat(nextCallback(second).sequence().slotid()).isEqualTo(1);
    answer(resent, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
  }

  @Test
  void backchannelCtlChangesTheProgram() {
    NfsArgop4 change =
        new NfsArgop4.BackchannelCtl(
            new BackchannelCtl4Args(0x4000_0007, List.of(new CallbackSecParms4.AuthNone())));
    assertThat(client.call(putrootfh(), change).status()).isEqualTo(Nfsstat4.NFS4_OK);
    var _ = record().callbacks().send(Callback.of(RECALL));
    assertThat(nextCallback(first).program()).isEqualTo(0x4000_0007);
  }

  @Test
  void removedClientFailsItsCallbacks() {
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    server.env().advance(Duration.ofSeconds(91));
    server.services().clients().reap();
    assertThat(reason(result)).isEqualTo(CallbackException.Reason.CLIENT_GONE);
  }

  @Test
  void callbacksBeyondTheLimitAreRejected() {
    TestServer small =
        TestServer.start(ServerLimits.builder().callbacksPendingPerClientMax(1).build());
    RawClient other = small.client("other").mount();
    NfsArgop4.Sequence sequence = (NfsArgop4.Sequence) other.sequence(5, 1, false);
    Sequence4Args args = sequence.args();
    SequenceOutcome outcome =
        small.services().clients().begin(new SequenceRequest(args, 1, 1, 0, other.connection()));
    CallbackQueue queue =
        ((SequenceOutcome.Execute) outcome).ticket().session().client().callbacks();
    assertThat(queue.send(Callback.of(RECALL))).isNotDone();
    assertThat(reason(queue.send(Callback.of(RECALL))))
        .isEqualTo(CallbackException.Reason.TOO_MANY);
  }

  /** Returns the failure that dependents receive, which is not the cause of another exception. */
  private static CallbackException.Reason reason(CompletableFuture<NfsCbResop4> failed) {
    assertThat(failed).isCompletedExceptionally();
    Throwable failure = failed.handle((_, thrown) -> thrown).join();
    assertThat(failure).isInstanceOf(CallbackException.class);
    return ((CallbackException) failure).reason();
  }
}
