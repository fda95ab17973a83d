package io.ferrynfs.server.session;

import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.destroyClientid;
import static io.ferrynfs.server.testing.Ops.destroySession;
import static io.ferrynfs.server.testing.Ops.open;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.BindConnToSession4Args;
import io.ferrynfs.wire.nfs4.BindConnToSession4Res;
import io.ferrynfs.wire.nfs4.BindConnToSession4Resok;
import io.ferrynfs.wire.nfs4.ChannelDirFromClient4;
import io.ferrynfs.wire.nfs4.ChannelDirFromServer4;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Args;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** DESTROY_SESSION, DESTROY_CLIENTID, BIND_CONN_TO_SESSION, RECLAIM_COMPLETE and the lease. */
class EndOfSessionsTest {
  private final TestServer server = TestServer.start();
  private final RawClient client = server.client("alpha").mount();

  private NfsArgop4 bind(ChannelDirFromClient4 direction) {
    return new NfsArgop4.BindConnToSession(
        new BindConnToSession4Args(client.sessionid(), direction, false));
  }

  @Test
  void destroyedSessionReturnsBadsession() {
    assertThat(client.compound(destroySession(client.sessionid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.call(putrootfh()).status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(client.compound(destroySession(client.sessionid())).status())
        .isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
  }

  @Test
  void unboundConnectionMayNotDestroyASession() { // RFC 8881 section 18.37.3
    TestConnection own = client.connection();
    client.onConnection(server.connect());
    assertThat(client.compound(destroySession(client.sessionid())).status())
        .isEqualTo(Nfsstat4.NFS4ERR_CONN_NOT_BOUND_TO_SESSION);
    assertThat(client.onConnection(own).call(putrootfh()).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void secondConnectionOfTheSessionMayDestroyIt() {
    client.onConnection(server.connect()).call(putrootfh());
    assertThat(client.compound(destroySession(client.sessionid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void clientThatLostItsConnectionsMayDestroyItsSessionFromANewOne() {
    client.connection().disconnect();
    client.onConnection(server.connect());
    assertThat(client.compound(destroySession(client.sessionid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void sessionMayBeDestroyedOnlyByTheLastOperationWithinIt() {
    assertThat(client.call(destroySession(client.sessionid()), putrootfh()).status())
        .isEqualTo(Nfsstat4.NFS4ERR_NOT_ONLY_OP);
    assertThat(client.call(putrootfh(), destroySession(client.sessionid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(server.services().clients().sessionCount()).isZero();
  }

  @Test
  void clientWithASessionOrAnOpenIsBusy() { // E-008
    client.call(putrootfh(), open("o", "f", READ, NONE));
    assertThat(client.compound(destroyClientid(client.clientid())).status())
        .isEqualTo(Nfsstat4.NFS4ERR_CLIENTID_BUSY);
    client.compound(destroySession(client.sessionid()));
    assertThat(client.compound(destroyClientid(client.clientid())).status())
        .isEqualTo(Nfsstat4.NFS4ERR_CLIENTID_BUSY);
  }

  @Test
  void clientWithoutStateIsDestroyed() {
    client.compound(destroySession(client.sessionid()));
    assertThat(client.compound(destroyClientid(client.clientid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.compound(destroyClientid(client.clientid())).status())
        .isEqualTo(Nfsstat4.NFS4ERR_STALE_CLIENTID);
    assertThat(server.services().clients().clientCount()).isZero();
  }

  @Test
  void endOfTheLeaseReleasesEverythingWithoutCourtesy() {
    TestServer server =
        TestServer.start(ServerLimits.builder().courtesy(CourtesyLimits.none()).build());
    RawClient client = server.client("alpha").mount();
    for (int i = 0; i < 100; i++) {
      client.call(putrootfh(), open("o" + i, "f" + i, READ, NONE));
    }
    assertThat(server.services().state().size()).isEqualTo(200); // each with a delegation
    server.env().advance(Duration.ofSeconds(90).plusNanos(1));
    server.services().clients().reap();
    assertThat(server.services().state().size()).isZero();
    assertThat(server.services().clients().clientCount()).isZero();
    assertThat(server.services().clients().sessionCount()).isZero();
    assertThat(client.call(putrootfh()).status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(
            client.compound(client.createSessionArgs(2, client.session().foreChanAttrs())).status())
        .isEqualTo(Nfsstat4.NFS4ERR_STALE_CLIENTID);
  }

  @Test
  void everySequenceRenewsTheLease() { // E-004
    for (int i = 0; i < 5; i++) {
      server.env().advance(Duration.ofSeconds(60));
      server.services().clients().reap();
      assertThat(client.call().status()).isEqualTo(Nfsstat4.NFS4_OK);
    }
  }

  @Test
  void requestInProgressKeepsTheLease() {
    client.call(putrootfh(), open("o", "f", READ, NONE));
    server.env().holdPools();
    CallReply slow = client.postCall(putrootfh(), Ops.lookup("f"), Ops.read(Stateids.ANONYMOUS, 1));
    server.env().advance(Duration.ofSeconds(500));
    server.services().clients().reap();
    assertThat(server.services().clients().clientCount()).isEqualTo(1);
    server.env().releasePools();
    assertThat(RawClient.decode(slow).status()).isEqualTo(Nfsstat4.NFS4_OK);
    server.env().advance(Duration.ofSeconds(80));
    assertThat(client.call().status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void failedSequenceDoesNotRenewTheLease() { // RFC 8881 section 18.46.3
    server.env().advance(Duration.ofSeconds(60));
    client.compound(client.sequence(1, 77, false));
    server.env().advance(Duration.ofSeconds(60));
    server.services().clients().reap();
    assertThat(server.services().clients().clientCount()).isZero();
  }

  @Test
  void secondReclaimCompleteReturnsCompleteAlready() { // E-007
    NfsArgop4 complete = new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(false));
    assertThat(client.call(complete).status()).isEqualTo(Nfsstat4.NFS4ERR_COMPLETE_ALREADY);
    NfsArgop4 oneFs = new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(true));
    assertThat(client.call(oneFs).status()).isEqualTo(Nfsstat4.NFS4ERR_NOFILEHANDLE);
    assertThat(client.call(putrootfh(), oneFs).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void connectionIsBoundToBothChannels() {
    client.onConnection(server.connect());
    assertThat(client.compound(bind(ChannelDirFromClient4.CDFC4_FORE_OR_BOTH)))
        .isEqualTo(
            new Compound4Res(
                Nfsstat4.NFS4_OK,
                Opaque.ofUtf8("tag"),
                List.of(
                    new NfsResop4.BindConnToSession(
                        new BindConnToSession4Res.Ok(
                            new BindConnToSession4Resok(
                                client.sessionid(), ChannelDirFromServer4.CDFS4_BOTH, false))))));
  }

  @Test
  void connectionThatClosesBeforeCreateSessionIsNotBound() {
    client.call(putrootfh(), open("o", "f", READ, NONE));
    server.env().holdPools();
    CallReply late =
        client.postCall(
            putrootfh(),
            Ops.lookup("f"),
            Ops.read(Stateids.ANONYMOUS, 1),
            client.createSessionArgs(2, client.session().foreChanAttrs()));
    client.connection().disconnect();
    server.env().releasePools();
    NfsResop4 created = RawClient.decode(late).resarray().getLast();
    var ok = (CreateSession4Res.Ok) ((NfsResop4.CreateSession) created).res();
    // An unbound connection may destroy a session only if no connection is bound to it.
    client.onConnection(server.connect());
    assertThat(client.compound(destroySession(ok.value().sessionid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void boundConnectionCannotLeaveAChannel() { // RFC 8881 section 18.34.3
    assertThat(client.compound(bind(ChannelDirFromClient4.CDFC4_BACK_OR_BOTH)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.compound(bind(ChannelDirFromClient4.CDFC4_FORE)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(client.compound(bind(ChannelDirFromClient4.CDFC4_BACK)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
  }

  @Test
  void bindConnToSessionMustBeAloneAndNeedsASession() {
    assertThat(client.call(bind(ChannelDirFromClient4.CDFC4_FORE)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_NOT_ONLY_OP);
    NfsArgop4 stranger =
        new NfsArgop4.BindConnToSession(
            new BindConnToSession4Args(
                new Sessionid4(Opaque.of(new byte[16])), ChannelDirFromClient4.CDFC4_FORE, false));
    assertThat(client.compound(stranger).status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
  }
}
