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

/** Callbacks: RFC 8881 sections 2.10.3.1, 2.10.6.2, 20.9. */
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

  private static SentCallback taken(TestConnection connection) {
    return Objects.requireNonNull(connection.nextCallback(), "no callback was sent");
  }

  private static void answer(SentCallback callback, Nfsstat4 status) {
    callback.answer(new NfsCbResop4.Recall(new CbRecall4Res(status)));
  }

  private static CbCompound4Res refusal(Nfsstat4 status) {
    return new CbCompound4Res(
        status, Opaque.EMPTY, List.of(new NfsCbResop4.Sequence(new CbSequence4Res.Failed(status))));
  }

  @Test
  void aCallbackIsASequenceAndOneOperation() { // W-022, W-030
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback sent = taken(first);
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
  void callbacksAtOnceTakeSlotsOfTheirOwn() {
    CallbackQueue callbacks = record().callbacks();
    for (int i = 0; i < 6; i++) {
      var _ = callbacks.send(Callback.of(RECALL));
    }
    for (int slot = 0; slot < 4; slot++) {
      SentCallback sent = taken(first);
      assertThat(sent.sequence().slotid()).isEqualTo(slot);
      assertThat(sent.sequence().sequenceid()).isEqualTo(1);
      if (slot == 3) {
        assertThat(first.nextCallback()).isNull();
        answer(sent, Nfsstat4.NFS4_OK);
      }
    }
    SentCallback fifth = taken(first);
    assertThat(fifth.sequence().slotid()).isEqualTo(3);
    assertThat(fifth.sequence().sequenceid()).isEqualTo(2);
  }

  @Test
  void aCallbackWhoseConnectionBreaksIsRetriedOnAnotherWithTheSameSequenceid() { // E-002
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback lost = taken(first);
    TestConnection second = bindAnother();
    first.disconnect();
    lost.fail(RpcException.Kind.CONNECTION_LOST);
    SentCallback retry = taken(second);
    assertThat(retry.args()).isEqualTo(lost.args());
    answer(retry, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
  }

  @Test
  void aCallbackWaitsForAConnection() {
    Client record = record();
    first.disconnect();
    CompletableFuture<NfsCbResop4> result = record.callbacks().send(Callback.of(RECALL));
    assertThat(result).isNotDone();
    SentCallback sent = taken(bindAnother());
    answer(sent, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
  }

  @Test
  void aCallbackWithoutAnAnswerIsRetriedOnTheNextConnection() {
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback silent = taken(first);
    silent.fail(RpcException.Kind.TIMED_OUT);
    assertThat(client.statusFlags() & Nfs4.SEQ4_STATUS_CB_PATH_DOWN).isNotZero();
    SentCallback retry = taken(bindAnother());
    assertThat(retry.args()).isEqualTo(silent.args());
    answer(retry, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
    assertThat(client.statusFlags()).isZero();
  }

  @Test
  void aClientThatAsksForDelayIsCalledAgainLater() {
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback sent = taken(first);
    answer(sent, Nfsstat4.NFS4ERR_DELAY);
    assertThat(first.nextCallback()).isNull();
    server.env().advance(Duration.ofMillis(100));
    SentCallback again = taken(first);
    assertThat(again.sequence().sequenceid()).isEqualTo(2);
    answer(again, Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(result)
        .isCompletedWithValue(
            new NfsCbResop4.Recall(new CbRecall4Res(Nfsstat4.NFS4ERR_BAD_STATEID)));
  }

  @Test
  void aClientThatAsksForDelayGetsTheCallbacksThatWaitForTheSlot() {
    Client record = record();
    List<SentCallback> taken = new ArrayList<>();
    SentCallback next;
    do {
      var _ = record.callbacks().send(Callback.of(RECALL));
      next = first.nextCallback();
      if (next != null) {
        taken.add(next);
      }
    } while (next != null);
    SentCallback busy = taken.getFirst();
    answer(busy, Nfsstat4.NFS4ERR_DELAY);
    SentCallback waited = taken(first);
    assertThat(waited.sequence().slotid()).isEqualTo(busy.sequence().slotid());
  }

  @Test
  void aDelayOfCbSequenceRepeatsTheSameRequest() {
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback sent = taken(first);
    sent.answer(refusal(Nfsstat4.NFS4ERR_DELAY));
    server.env().advance(Duration.ofMillis(100));
    SentCallback again = taken(first);
    assertThat(again.args()).isEqualTo(sent.args());
    answer(again, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
  }

  @Test
  void aSlotThatTheClientDisagreesAboutIsGivenUp() { // E-003
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback sent = taken(first);
    sent.answer(refusal(Nfsstat4.NFS4ERR_SEQ_MISORDERED));
    assertThat(client.statusFlags()).isEqualTo(Nfs4.SEQ4_STATUS_BACKCHANNEL_FAULT);
    server.env().advance(Duration.ofMillis(100));
    SentCallback again = taken(first);
    assertThat(again.sequence().slotid()).isEqualTo(1);
    answer(again, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
  }

  @Test
  void aSessionWithoutAConnectionForCallbacksSaysSo() { // E-005
    assertThat(client.statusFlags()).isZero();
    client.onConnection(server.connect());
    client.call();
    first.disconnect();
    assertThat(client.statusFlags())
        .isEqualTo(Nfs4.SEQ4_STATUS_CB_PATH_DOWN | Nfs4.SEQ4_STATUS_CB_PATH_DOWN_SESSION);
    bindAnother();
    assertThat(client.statusFlags()).isZero();
  }

  /** The new session's connection. */
  private TestConnection replaceTheSession() {
    Sessionid4 old = client.sessionid();
    TestConnection second = server.connect();
    client.onConnection(second).createSession(2, RawClient.channel(4096, 1024, 8, 2));
    client.onConnection(first).compound(destroySession(old));
    return second;
  }

  @Test
  void aCallbackTakesAnotherSessionOfTheClientWhenItsOwnIsDestroyed() { // E-010, W-030
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    SentCallback unanswered = taken(first);
    TestConnection second = replaceTheSession();
    SentCallback anew = taken(second);
    assertThat(anew.sequence().sessionid()).isEqualTo(client.sessionid());
    answer(anew, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
    unanswered.fail(RpcException.Kind.CONNECTION_LOST);
    assertThat(second.nextCallback()).isNull();
  }

  @Test
  void anAnswerInADestroyedSessionFreesNoSlotOfAnother() {
    CallbackQueue callbacks = record().callbacks();
    CompletableFuture<NfsCbResop4> result = callbacks.send(Callback.of(RECALL));
    SentCallback late = taken(first);
    TestConnection second = replaceTheSession();
    SentCallback anew = taken(second);
    assertThat(anew.sequence().slotid()).isZero();
    answer(late, Nfsstat4.NFS4_OK);
    assertThat(result).isNotDone();
    var _ = callbacks.send(Callback.of(RECALL));
    assertThat(taken(second).sequence().slotid()).isEqualTo(1);
    answer(anew, Nfsstat4.NFS4_OK);
    assertThat(result).isCompleted();
  }

  @Test
  void backchannelCtlChangesTheProgram() {
    NfsArgop4 change =
        new NfsArgop4.BackchannelCtl(
            new BackchannelCtl4Args(0x4000_0007, List.of(new CallbackSecParms4.AuthNone())));
    assertThat(client.call(putrootfh(), change).status()).isEqualTo(Nfsstat4.NFS4_OK);
    var _ = record().callbacks().send(Callback.of(RECALL));
    assertThat(taken(first).program()).isEqualTo(0x4000_0007);
  }

  @Test
  void aClientThatGoesTakesItsCallbacksWithIt() {
    CompletableFuture<NfsCbResop4> result = record().callbacks().send(Callback.of(RECALL));
    server.env().advance(Duration.ofSeconds(91));
    server.services().clients().reap();
    assertThat(reason(result)).isEqualTo(CallbackException.Reason.CLIENT_GONE);
  }

  @Test
  void moreCallbacksThanTheLimitAreNotTaken() {
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
