package io.ferrynfs.server.session;

import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.getfh;
import static io.ferrynfs.server.testing.Ops.open;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.server.testing.RawClient.channel;
import static io.ferrynfs.server.testing.RawClient.in;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putrootfh4Res;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sequence4Res;
import io.ferrynfs.wire.nfs4.Sequence4Resok;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Exactly-once semantics: RFC 8881 sections 2.10.6 and 18.46. */
class SequenceTest {
  private static final Opaque TAG = Opaque.ofUtf8("tag");

  private final TestServer server = TestServer.start();
  private final RawClient client = server.client("alpha").mount();

  private Compound4Res sequenceFailed(Nfsstat4 status) {
    return new Compound4Res(
        status, TAG, List.of(new NfsResop4.Sequence(new Sequence4Res.Failed(status))));
  }

  private NfsResop4 sequenced(long slot, long sequenceid) {
    return new NfsResop4.Sequence(
        new Sequence4Res.Ok(new Sequence4Resok(client.sessionid(), sequenceid, slot, 7, 7, 0)));
  }

  @Test
  void replyHasTheSlotAndTheHighestSlots() {
    assertThat(client.compound(client.sequence(3, 1, false), putrootfh()))
        .isEqualTo(
            new Compound4Res(
                Nfsstat4.NFS4_OK,
                TAG,
                List.of(
                    sequenced(3, 1),
                    new NfsResop4.Putrootfh(new Putrootfh4Res(Nfsstat4.NFS4_OK)))));
  }

  @Test
  void replayedRequestGetsTheCachedReply() { // W-027
    NfsArgop4[] request =
        in(client.sequence(1, 1, true), putrootfh(), open("o", "file", WRITE, NONE), getfh());
    Compound4Res first = client.compound(request);
    Compound4Res again = client.compound(request);
    assertThat(first.status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(again).isEqualTo(first);
    assertThat(Ops.stateid(again.resarray()).seqid()).isEqualTo(1);
    assertThat(server.services().state().size()).isEqualTo(1);
  }

  @Test
  void replayOnAnotherConnectionGetsTheCachedReply() {
    NfsArgop4[] request =
        in(client.sequence(1, 1, true), putrootfh(), open("o", "file", READ, NONE));
    Compound4Res first = client.compound(request);
    client.connection().disconnect();
    assertThat(client.onConnection(server.connect()).compound(request)).isEqualTo(first);
  }

  @Test
  void replayOfAFailureGetsTheSameFailure() {
    NfsArgop4[] request = in(client.sequence(1, 1, true), putrootfh(), Ops.lookup("absent"));
    Compound4Res first = client.compound(request);
    assertThat(first.status()).isEqualTo(Nfsstat4.NFS4ERR_NOENT);
    assertThat(client.compound(request)).isEqualTo(first);
  }

  @Test
  void replayOfAnUncachedRequestReturnsRetryUncachedRep() { // W-028
    NfsArgop4[] request = in(client.sequence(1, 1, false), putrootfh());
    assertThat(client.compound(request).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.compound(request))
        .isEqualTo(
            new Compound4Res(
                Nfsstat4.NFS4ERR_RETRY_UNCACHED_REP,
                TAG,
                List.of(
                    sequenced(1, 1),
                    new NfsResop4.Putrootfh(
                        new Putrootfh4Res(Nfsstat4.NFS4ERR_RETRY_UNCACHED_REP)))));
  }

  @Test
  void replaysRenewTheLease() { // RFC 8881 section 8.3
    client.compound(client.sequence(1, 1, true), putrootfh());
    client.compound(client.sequence(2, 1, false), putrootfh());
    for (int slot = 1; slot <= 2; slot++) {
      server.env().advance(Duration.ofSeconds(60));
      client.compound(client.sequence(slot, 1, slot == 1), putrootfh());
      server.services().clients().reap();
    }
    assertThat(client.call(putrootfh()).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void replayOfSequenceAloneGetsTheSameReply() {
    Compound4Res first = client.compound(client.sequence(1, 1, false));
    assertThat(client.compound(client.sequence(1, 1, false))).isEqualTo(first);
  }

  @Test
  void sessionWithoutAReplyCacheAcceptsSequenceAlone() { // how clients renew their lease
    RawClient uncached = server.client("uncached").mount(channel(4096, 0, 8, 2));
    Compound4Res first = uncached.compound(uncached.sequence(1, 1, false));
    assertThat(first.status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(uncached.compound(uncached.sequence(1, 1, false))).isEqualTo(first);
    assertThat(uncached.compound(uncached.sequence(1, 2, false)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void retryMayHaveAnotherHighestSlot() {
    Compound4Res first = client.compound(client.sequence(1, 1, true), putrootfh());
    NfsArgop4 reencoded =
        new NfsArgop4.Sequence(new Sequence4Args(client.sessionid(), 1, 1, 5, true));
    assertThat(client.compound(reencoded, putrootfh())).isEqualTo(first);
  }

  @Test
  void sequenceidOfAnotherRequestIsAFalseRetry() {
    client.compound(client.sequence(1, 1, true), putrootfh());
    assertThat(client.compound(client.sequence(1, 1, true), putrootfh(), getfh()))
        .isEqualTo(sequenceFailed(Nfsstat4.NFS4ERR_SEQ_FALSE_RETRY));
    assertThat(client.as(RawClient.user(1)).compound(client.sequence(1, 1, true), putrootfh()))
        .isEqualTo(sequenceFailed(Nfsstat4.NFS4ERR_SEQ_FALSE_RETRY));
  }

  @Test
  void duplicateOfARequestInProgressReceivesDelay() {
    Stateid4 stateid =
        Ops.stateid(
            client
                .compound(client.sequence(1, 1, true), putrootfh(), open("o", "f", READ, NONE))
                .resarray());
    NfsArgop4[] request =
        in(client.sequence(1, 2, true), putrootfh(), Ops.lookup("f"), Ops.read(stateid, 10));
    server.env().holdPools();
    CallReply first = client.post(request);
    assertThat(first.isComplete()).isFalse();
    assertThat(client.compound(request)).isEqualTo(sequenceFailed(Nfsstat4.NFS4ERR_DELAY));
    server.env().releasePools();
    assertThat(RawClient.decode(first).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.compound(request)).isEqualTo(RawClient.decode(first));
  }

  @Test
  void nextSequenceidOfASlotInUseIsMisordered() {
    client.compound(client.sequence(1, 1, false), putrootfh(), open("o", "f", READ, NONE));
    server.env().holdPools();
    CallReply first =
        client.post(
            client.sequence(1, 2, false),
            putrootfh(),
            Ops.lookup("f"),
            Ops.read(Stateids.ANONYMOUS, 10));
    assertThat(client.compound(client.sequence(1, 3, false), putrootfh()))
        .isEqualTo(sequenceFailed(Nfsstat4.NFS4ERR_SEQ_MISORDERED));
    server.env().releasePools();
    assertThat(RawClient.decode(first).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void requestOutOfOrderFailsAndChangesNothing() {
    client.compound(client.sequence(1, 1, true), putrootfh());
    for (long sequenceid : new long[] {0, 3, 0xffff_ffffL}) {
      assertThat(client.compound(client.sequence(1, sequenceid, true), putrootfh()))
          .isEqualTo(sequenceFailed(Nfsstat4.NFS4ERR_SEQ_MISORDERED));
    }
    assertThat(client.compound(client.sequence(1, 2, true), putrootfh()).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void firstRequestOfASlotHasSequenceidOne() { // RFC 8881 section 18.36.3
    assertThat(client.compound(client.sequence(2, 0, true), putrootfh()))
        .isEqualTo(sequenceFailed(Nfsstat4.NFS4ERR_SEQ_MISORDERED));
    assertThat(client.compound(client.sequence(2, 2, true), putrootfh()))
        .isEqualTo(sequenceFailed(Nfsstat4.NFS4ERR_SEQ_MISORDERED));
  }

  @Test
  void slotsAreIndependent() {
    for (long slot = 1; slot < 8; slot++) {
      assertThat(client.compound(client.sequence(slot, 1, false), putrootfh()).resarray())
          .first()
          .isEqualTo(sequenced(slot, 1));
    }
  }

  @Test
  void slotBeyondTheTableIsBad() {
    assertThat(client.compound(client.sequence(8, 1, false), putrootfh()))
        .isEqualTo(sequenceFailed(Nfsstat4.NFS4ERR_BADSLOT));
    NfsArgop4 high = new NfsArgop4.Sequence(new Sequence4Args(client.sessionid(), 1, 1, 8, false));
    assertThat(client.compound(high, putrootfh()))
        .isEqualTo(sequenceFailed(Nfsstat4.NFS4ERR_BAD_HIGH_SLOT));
  }

  @Test
  void unknownSessionReturnsBadsession() {
    NfsArgop4 stranger =
        new NfsArgop4.Sequence(
            new Sequence4Args(new Sessionid4(Opaque.of(new byte[16])), 1, 0, 0, false));
    assertThat(client.compound(stranger, putrootfh()))
        .isEqualTo(sequenceFailed(Nfsstat4.NFS4ERR_BADSESSION));
  }

  @Test
  void tooManyOperationsFailBeforeTheFirst() {
    RawClient small = server.client("small").mount(channel(4096, 512, 3, 2));
    assertThat(small.compound(small.sequence(1, 1, true), putrootfh(), getfh(), getfh()).status())
        .isEqualTo(Nfsstat4.NFS4ERR_TOO_MANY_OPS);
    assertThat(small.compound(small.sequence(1, 1, true), putrootfh(), getfh()).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void requestLargerThanNegotiatedFails() {
    RawClient small = server.client("small").mount(channel(512, 256, 8, 2));
    NfsArgop4 long1 = Ops.lookup("x".repeat(600));
    assertThat(small.compound(small.sequence(1, 1, true), putrootfh(), long1).status())
        .isEqualTo(Nfsstat4.NFS4ERR_REQ_TOO_BIG);
  }

  @Test
  void replyLargerThanNegotiatedEndsWithTheOperationThatDidNotFit() { // W-025
    RawClient small = server.client("small").mount(channel(512, 512, 40, 2));
    NfsArgop4[] many = new NfsArgop4[30];
    Arrays.fill(many, getfh());
    many[0] = putrootfh();
    CallReply answer = small.post(in(small.sequence(1, 1, false), many));
    Compound4Res res = RawClient.decode(answer);
    assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_REP_TOO_BIG);
    assertThat(answer.results().size()).isLessThanOrEqualTo(512 - 24);
    assertThat(res.resarray().size()).isBetween(3, 29);
  }

  @Test
  void replyTooBigToCacheFailsBeforeAnyChange() { // W-026
    RawClient small = server.client("small").mount(channel(4096, 200, 8, 2));
    Compound4Res res =
        small.compound(small.sequence(1, 1, true), putrootfh(), open("o", "file", READ, NONE));
    assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_REP_TOO_BIG_TO_CACHE);
    assertThat(res.resarray()).hasSize(3);
    assertThat(small.call(putrootfh(), Ops.lookup("file")).status())
        .isEqualTo(Nfsstat4.NFS4ERR_NOENT);
  }

  @Test
  void sessionIsServedOnSeveralConnections() { // trunking, RFC 8881 section 2.10.5
    for (int slot = 1; slot < 4; slot++) {
      client.onConnection(server.connect());
      assertThat(client.compound(client.sequence(slot, 1, false), putrootfh()).status())
          .isEqualTo(Nfsstat4.NFS4_OK);
    }
  }
}
