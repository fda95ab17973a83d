package io.ferrynfs.server.session;

import static io.ferrynfs.server.testing.RawClient.channel;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.CallbackSecParms4;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Resok;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** CREATE_SESSION: RFC 8881 section 18.36. */
class CreateSessionTest {
  private static final ChannelAttrs4 FORE = channel(1 << 16, 2048, 16, 8);

  private final TestServer server = TestServer.start();
  private final RawClient client = server.client("alpha");

  private Nfsstat4 tryCreate(long sequenceid, ChannelAttrs4 fore) {
    return client.compound(client.createSessionArgs(sequenceid, fore)).status();
  }

  private NfsArgop4 withFlags(long flags, CallbackSecParms4... security) {
    return new NfsArgop4.CreateSession(
        new CreateSession4Args(
            client.clientid(), 1, flags, FORE, channel(4096, 0, 2, 4), 1, List.of(security)));
  }

  @Test
  void channelAttributesAreReducedToTheServersLimits() { // E-001
    client.exchangeId();
    CreateSession4Resok ok =
        client.createSession(1, new ChannelAttrs4(64, 1 << 30, 1 << 30, 1 << 30, 9999, 9999, 5L));
    ServerLimits limits = ServerLimits.defaults();
    assertThat(ok.foreChanAttrs())
        .isEqualTo(
            new ChannelAttrs4(
                0,
                limits.requestBytesMax(),
                limits.responseBytesMax(),
                limits.cachedReplyBytesMax(),
                limits.operationsPerCompoundMax(),
                limits.slotsPerSessionMax(),
                null));
    assertThat(ok.backChanAttrs()).isEqualTo(channel(4096, 0, 2, 4));
    assertThat(ok.flags()).isEqualTo(2);
    assertThat(ok.sequence()).isEqualTo(1);
  }

  @Test
  void persistenceAndRdmaAreNotGranted() {
    client.exchangeId();
    Compound4Res res = client.compound(withFlags(7, new CallbackSecParms4.AuthNone()));
    assertThat(res.resarray().getFirst())
        .isInstanceOfSatisfying(
            NfsResop4.CreateSession.class,
            create ->
                assertThat(((CreateSession4Res.Ok) create.res()).value().flags()).isEqualTo(2));
  }

  @Test
  void retryReturnsTheSameSession() {
    client.exchangeId();
    Compound4Res first = client.compound(client.createSessionArgs(1, FORE));
    assertThat(first.status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.compound(client.createSessionArgs(1, FORE))).isEqualTo(first);
    assertThat(server.services().clients().sessionCount()).isEqualTo(1);
  }

  @Test
  void sequenceidThatIsNeitherTheLastNorTheNextIsMisordered() {
    client.exchangeId();
    assertThat(tryCreate(0, FORE)).isEqualTo(Nfsstat4.NFS4ERR_SEQ_MISORDERED);
    assertThat(tryCreate(2, FORE)).isEqualTo(Nfsstat4.NFS4ERR_SEQ_MISORDERED);
    assertThat(tryCreate(1, FORE)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(tryCreate(3, FORE)).isEqualTo(Nfsstat4.NFS4ERR_SEQ_MISORDERED);
  }

  @Test
  void failureConsumesTheSequenceid() { // phase 2 comes before phase 4
    client.exchangeId();
    assertThat(tryCreate(1, channel(16, 16, 1, 1))).isEqualTo(Nfsstat4.NFS4ERR_TOOSMALL);
    assertThat(tryCreate(2, FORE)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(tryCreate(1, FORE)).isEqualTo(Nfsstat4.NFS4ERR_SEQ_MISORDERED);
  }

  @Test
  void retryOfAFailedRequestFailsAgainAndACorrectedOneSucceeds() { // RFC 8881 section 18.36.4
    client.exchangeId();
    Compound4Res failed = client.compound(client.createSessionArgs(1, channel(16, 16, 1, 1)));
    assertThat(client.compound(client.createSessionArgs(1, channel(16, 16, 1, 1))))
        .isEqualTo(failed);
    Compound4Res corrected = client.compound(client.createSessionArgs(1, FORE));
    assertThat(corrected.status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.compound(client.createSessionArgs(1, channel(16, 16, 1, 1))))
        .isEqualTo(corrected);
    assertThat(server.services().clients().sessionCount()).isEqualTo(1);
  }

  @Test
  void uselessBackchannelFailsEvenIfItIsNotBoundYet() { // RFC 8881 section 18.36.3
    client.exchangeId();
    NfsArgop4 create =
        new NfsArgop4.CreateSession(
            new CreateSession4Args(
                client.clientid(), 1, 0, FORE, channel(10, 0, 1, 4), 1, List.of()));
    assertThat(client.compound(create).status()).isEqualTo(Nfsstat4.NFS4ERR_TOOSMALL);
    assertThat(server.services().clients().sessionCount()).isZero();
  }

  @Test
  void unknownClientidIsStale() {
    assertThat(tryCreate(1, FORE)).isEqualTo(Nfsstat4.NFS4ERR_STALE_CLIENTID);
  }

  @Test
  void anotherUserMayNotConfirmAClientid() {
    client.exchangeId();
    client.as(RawClient.user(9));
    assertThat(tryCreate(1, FORE)).isEqualTo(Nfsstat4.NFS4ERR_CLID_INUSE);
  }

  @Test
  void confirmedClientGetsASecondSession() {
    client.mount();
    Opaque first = client.sessionid().data();
    client.createSession(2, FORE);
    assertThat(client.sessionid().data()).isNotEqualTo(first);
    assertThat(client.call(Ops.putrootfh()).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(server.services().clients().sessionCount()).isEqualTo(2);
  }

  @Test
  void unknownFlagsAreInvalid() {
    client.exchangeId();
    assertThat(client.compound(withFlags(8)).status()).isEqualTo(Nfsstat4.NFS4ERR_INVAL);
  }

  @Test
  void sessionsBeyondTheLimitReturnNospc() {
    TestServer small = TestServer.start(ServerLimits.builder().sessionsPerClientMax(1).build());
    RawClient one = small.client("one").mount();
    assertThat(one.compound(one.createSessionArgs(2, FORE)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_NOSPC);
  }

  @Test
  void sessionsGetFewerSlotsWhenReplyCacheMemoryIsShort() {
    TestServer small =
        TestServer.start(ServerLimits.builder().cachedReplyBytesTotalMax(4 << 20).build());
    RawClient one = small.client("one").mount(channel(1 << 16, 2048, 8, 64));
    assertThat(one.session().foreChanAttrs())
        .as("3 MiB by 64, in slots of 2048 + 128")
        .isEqualTo(channel(1 << 16, 2048, 8, 22));
    RawClient two = small.client("two").mount(channel(1 << 16, 0, 8, 64));
    assertThat(two.session().foreChanAttrs()).isEqualTo(channel(1 << 16, 0, 8, 64));
    RawClient three = small.client("three").mount(channel(1 << 16, 4096, 8, 16));
    assertThat(three.session().foreChanAttrs().maxresponsesizeCached())
        .as("shorter replies come before fewer slots")
        .isBetween(2048L, 4095L);
    assertThat(three.session().foreChanAttrs().maxrequests()).isEqualTo(16);
  }

  @Test
  void endedSessionReleasesItsMemory() {
    ServerLimits limits = ServerLimits.builder().cachedReplyBytesTotalMax(2300).build();
    TestServer small = TestServer.start(limits);
    RawClient one = small.client("one").mount(channel(1 << 16, 2048, 8, 64));
    assertThat(one.session().foreChanAttrs().maxrequests()).isEqualTo(1);
    RawClient two = small.client("two");
    long sequence = two.exchangeId().sequenceid();
    assertThat(two.compound(two.createSessionArgs(sequence, FORE)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    one.compound(Ops.destroySession(one.sessionid()));
    two.createSession(sequence + 1, FORE);
    assertThat(two.call(Ops.putrootfh()).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }
}
