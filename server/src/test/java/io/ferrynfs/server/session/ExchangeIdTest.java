package io.ferrynfs.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.ClientOwner4;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ServerOwner4;
import io.ferrynfs.wire.nfs4.SsvSpParms4;
import io.ferrynfs.wire.nfs4.StateProtect4A;
import io.ferrynfs.wire.nfs4.StateProtect4R;
import io.ferrynfs.wire.nfs4.StateProtectOps4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** EXCHANGE_ID: the nine cases of RFC 8881 section 18.35.4. */
class ExchangeIdTest {
  private static final long UPDATE = Nfs4.EXCHGID4_FLAG_UPD_CONFIRMED_REC_A;

  private final TestServer server = TestServer.start();

  @Test
  void newOwnerGetsAnUnconfirmedClientid() { // case 1, E-009
    Compound4Res res =
        server.client("alpha").compound(server.client("alpha").exchangeIdArgs(0x101));
    long clientid =
        ((ExchangeId4Res.Ok) ((NfsResop4.ExchangeId) res.resarray().getFirst()).res())
            .value()
            .clientid();
    var identity = server.services().identity();
    assertThat(res)
        .isEqualTo(
            new Compound4Res(
                Nfsstat4.NFS4_OK,
                Opaque.ofUtf8("tag"),
                List.of(
                    new NfsResop4.ExchangeId(
                        new ExchangeId4Res.Ok(
                            new ExchangeId4Resok(
                                clientid,
                                1,
                                Nfs4.EXCHGID4_FLAG_USE_NON_PNFS,
                                new StateProtect4R.None(),
                                new ServerOwner4(0, identity.majorId()),
                                identity.scope(),
                                null))))));
  }

  @Test
  void twoServersHaveDifferentMajorIds() { // captures: Linux compares only so_major_id
    var one = ServerIdentity.random(server.env().random());
    var other = ServerIdentity.random(server.env().random());
    assertThat(one.majorId()).isNotEqualTo(other.majorId());
  }

  @Test
  void knownOwnerGetsItsConfirmedClientidAgain() { // case 2
    RawClient client = server.client("alpha").mount();
    ExchangeId4Resok again = client.exchangeId();
    assertThat(again.clientid()).isEqualTo(client.clientid());
    assertThat(again.flags() & Nfs4.EXCHGID4_FLAG_CONFIRMED_R).isNotZero();
    assertThat(client.call(Ops.putrootfh()).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void anotherUserMayNotReplaceAClientWithState() { // case 3
    RawClient first = server.client("alpha").mount();
    RawClient second = server.client("alpha").as(RawClient.user(7));
    assertThat(second.tryExchangeId(0)).isEqualTo(Nfsstat4.NFS4ERR_CLID_INUSE);
    assertThat(first.call(Ops.putrootfh()).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void anotherUserReplacesAClientWhoseLeaseExpired() { // case 3
    RawClient first = server.client("alpha").mount();
    server.env().advance(Duration.ofSeconds(91));
    RawClient second = server.client("alpha").as(RawClient.user(7));
    assertThat(second.tryExchangeId(0)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(first.call(Ops.putrootfh()).status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
  }

  @Test
  void unconfirmedRecordIsReplaced() { // case 4
    RawClient client = server.client("alpha");
    long first = client.exchangeId().clientid();
    long second = client.exchangeId().clientid();
    assertThat(second).isNotEqualTo(first);
    assertThat(server.services().clients().clientCount()).isEqualTo(1);
  }

  @Test
  void restartedClientKeepsItsOldStateUntilItConfirmsTheNewRecord() { // case 5, E-006
    RawClient before = server.client("alpha").mount();
    before.call(Ops.putrootfh(), Ops.open("o", "f", Ops.WRITE, Ops.NONE));
    RawClient after = server.client("alpha").restart();
    long sequence = after.exchangeId().sequenceid();
    assertThat(after.clientid()).isNotEqualTo(before.clientid());
    assertThat(before.call(Ops.putrootfh()).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(server.services().state().size()).isEqualTo(1);

    after.createSession(sequence, RawClient.channel(4096, 1024, 8, 2));
    assertThat(before.call(Ops.putrootfh()).status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(server.services().state().size()).isZero();
    assertThat(server.services().clients().clientCount()).isEqualTo(1);
  }

  @Test
  void updateOfAConfirmedRecordKeepsItsSession() { // case 6
    RawClient client = server.client("alpha").mount();
    assertThat(client.tryExchangeId(UPDATE)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.call(Ops.putrootfh()).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void updateWithoutAConfirmedRecordReturnsNoent() { // case 7
    RawClient client = server.client("alpha");
    assertThat(client.tryExchangeId(UPDATE)).isEqualTo(Nfsstat4.NFS4ERR_NOENT);
    client.exchangeId();
    assertThat(client.tryExchangeId(UPDATE)).isEqualTo(Nfsstat4.NFS4ERR_NOENT);
  }

  @Test
  void updateWithAnotherVerifierReturnsNotSame() { // case 8
    server.client("alpha").mount();
    assertThat(server.client("alpha").restart().tryExchangeId(UPDATE))
        .isEqualTo(Nfsstat4.NFS4ERR_NOT_SAME);
  }

  @Test
  void updateByAnotherUserReturnsPerm() { // case 9
    server.client("alpha").mount();
    assertThat(server.client("alpha").as(RawClient.user(7)).tryExchangeId(UPDATE))
        .isEqualTo(Nfsstat4.NFS4ERR_PERM);
  }

  @Test
  void flagsThatAClientMayNotSetAreInvalid() {
    assertThat(server.client("alpha").tryExchangeId(Nfs4.EXCHGID4_FLAG_CONFIRMED_R))
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(server.client("alpha").tryExchangeId(0x8)).isEqualTo(Nfsstat4.NFS4ERR_INVAL);
  }

  @Test
  void flagOfMinorVersionTwoIsInvalidInMinorVersionOne() { // RFC 7862 section 14.1
    RawClient client = server.client("alpha");
    assertThat(client.minorVersion(1).tryExchangeId(Nfs4.EXCHGID4_FLAG_SUPP_FENCE_OPS))
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(client.minorVersion(2).tryExchangeId(Nfs4.EXCHGID4_FLAG_SUPP_FENCE_OPS))
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void ssvStateProtectionFindsNoSupportedAlgorithm() { // RFC 8881 section 18.35.3
    assertThat(trySecret(List.of(Opaque.ofUtf8("sha")), List.of(Opaque.ofUtf8("aes")), 1))
        .isEqualTo(Nfsstat4.NFS4ERR_ENCR_ALG_UNSUPP);
    assertThat(trySecret(List.of(), List.of(Opaque.ofUtf8("aes")), 1))
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(trySecret(List.of(Opaque.ofUtf8("sha")), List.of(), 1))
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(trySecret(List.of(Opaque.ofUtf8("sha")), List.of(Opaque.ofUtf8("aes")), 0))
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
  }

  private Nfsstat4 trySecret(List<Opaque> hashes, List<Opaque> ciphers, long window) {
    ExchangeId4Args args =
        new ExchangeId4Args(
            new ClientOwner4(new Verifier4(Opaque.ofUtf8("12345678")), Opaque.ofUtf8("alpha")),
            0,
            new StateProtect4A.Ssv(
                new SsvSpParms4(
                    new StateProtectOps4(Bitmap4.EMPTY, Bitmap4.EMPTY),
                    hashes,
                    ciphers,
                    window,
                    1)),
            null);
    return server.client("alpha").compound(new NfsArgop4.ExchangeId(args)).status();
  }

  @Test
  void machCredStateProtectionIsInvalidWithoutRpcsecGss() {
    RawClient client = server.client("alpha");
    ExchangeId4Args args =
        new ExchangeId4Args(
            new ClientOwner4(new Verifier4(Opaque.ofUtf8("12345678")), Opaque.ofUtf8("alpha")),
            0,
            new StateProtect4A.MachCred(new StateProtectOps4(Bitmap4.EMPTY, Bitmap4.EMPTY)),
            null);
    assertThat(client.compound(new NfsArgop4.ExchangeId(args)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
  }

  @Test
  void clientBeyondTheLimitReceivesDelay() {
    TestServer small = TestServer.start(ServerLimits.builder().clientsMax(2).build());
    small.client("one").mount();
    small.client("two").mount();
    assertThat(small.client("three").tryExchangeId(0)).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    small.env().advance(Duration.ofSeconds(91));
    assertThat(small.client("three").tryExchangeId(0)).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void unconfirmedRecordsDoNotExcludeNewClients() {
    TestServer small = TestServer.start(ServerLimits.builder().clientsMax(2).build());
    RawClient one = small.client("one").mount();
    small.client("two").exchangeId();
    small.client("three").mount();
    assertThat(small.services().clients().clientCount()).isEqualTo(2);
    assertThat(small.client("four").tryExchangeId(0)).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(one.call(Ops.putrootfh()).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void unconfirmedRecordExpiresAfterALease() {
    server.client("alpha").exchangeId();
    server.env().advance(Duration.ofSeconds(91));
    server.services().clients().reap();
    assertThat(server.services().clients().clientCount()).isZero();
  }
}
