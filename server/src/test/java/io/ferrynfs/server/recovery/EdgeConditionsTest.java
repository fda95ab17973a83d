package io.ferrynfs.server.recovery;

import static io.ferrynfs.server.recovery.RestartLab.COMPLETE;
import static io.ferrynfs.server.recovery.RestartLab.LEASE;
import static io.ferrynfs.server.recovery.RestartLab.reclaim;
import static io.ferrynfs.server.recovery.RestartLab.reclaimed;
import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ClientKey;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.testing.LogCapture;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which clients must not reclaim (RFC 8881 section 8.4.3), and that this is durable in time. */
class EdgeConditionsTest {
  private static final String DISK = "nfs-registry";

  private final FailingRegistry registry = new FailingRegistry();
  private final RestartLab lab = new RestartLab(registry);
  private final RawClient client = lab.mounted("alpha");
  private final NfsFh4 file = lab.opened(client, "f", BOTH, WRITE);
  private final NfsArgop4 openForWriting = Ops.openCurrent("n", WRITE, NONE);

  private Nfsstat4 tryReclaim(RawClient reclaimer) {
    return reclaimer.call(putfh(file), reclaim(BOTH, WRITE)).status();
  }

  @Test
  void expiredClientMayNotReclaimAfterTheNextRestart() { // E-012
    lab.advance(Duration.ofSeconds(60));
    RawClient other = lab.mounted("beta");
    lab.advance(Duration.ofSeconds(31));
    assertThat(other.call(putfh(file), openForWriting).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(registry.load()).hasSize(1);
    lab.restart();
    assertThat(lab.inGrace()).isTrue();
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4ERR_NO_GRACE);
    client.call(COMPLETE);
    other.reconnect(lab.server).call(COMPLETE);
    lab.restart();
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void courtesyClientReclaimsItsStateAfterARestart() { // E-012
    lab.advance(Duration.ofDays(1));
    lab.restart();
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void clientThatMissedAGracePeriodMayNotReclaimInTheNext() { // E-012
    RawClient other = lab.mounted("beta");
    lab.restart();
    other.reconnect(lab.server).call(COMPLETE);
    lab.advance(LEASE);
    assertThat(lab.inGrace()).isFalse();
    other.reconnect(lab.server).call(COMPLETE);
    assertThat(other.call(putfh(file), openForWriting).status()).isEqualTo(Nfsstat4.NFS4_OK);
    lab.restart();
    assertThat(lab.inGrace()).isTrue();
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4ERR_NO_GRACE);
  }

  @Test
  void clientWithoutReclaimCompleteMayNotReclaimInTheNextGracePeriod() { // E-012
    lab.mounted("beta");
    lab.restart();
    client.reconnect(lab.server);
    reclaimed(client, file, READ, NONE);
    lab.advance(LEASE.dividedBy(2));
    client.call();
    lab.advance(LEASE.dividedBy(2));
    assertThat(lab.inGrace()).isFalse();
    lab.mounted("beta");
    lab.restart();
    assertThat(lab.inGrace()).isTrue();
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4ERR_NO_GRACE);
  }

  @Test
  void restartWithinTheGracePeriodRestartsIt() {
    RawClient other = lab.mounted("beta");
    lab.restart();
    client.reconnect(lab.server);
    reclaimed(client, file, BOTH, WRITE);
    client.call(COMPLETE);
    lab.advance(LEASE.minusSeconds(1));
    lab.restart();
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4_OK);
    lab.advance(LEASE.minusSeconds(1));
    assertThat(lab.inGrace()).isTrue();
    assertThat(tryReclaim(other.reconnect(lab.server)))
        .isEqualTo(Nfsstat4.NFS4ERR_RECLAIM_CONFLICT);
  }

  @Test
  void orderlyStopKeepsTheRecords() {
    lab.server.services().clients().close();
    lab.restart();
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void restartedClientKeepsItsRecordForItsNextIncarnation() { // E-006
    client.restart().mount();
    lab.restart();
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void gracePeriodEndsWhenTheRecordOfTheExpiredClientIsRemoved() { // E-012
    lab.restart(ServerLimits.builder().leaseSeconds(30).build());
    client.reconnect(lab.server);
    lab.server.env().hold(DISK);
    lab.advance(Duration.ofSeconds(31));
    assertThat(lab.inGrace()).as("the client could still reclaim after a restart").isTrue();
    lab.server.env().release(DISK);
    assertThat(lab.inGrace()).isFalse();
    assertThat(registry.load()).isEmpty();
  }

  @Test
  void reclaimCompleteIsAnsweredAfterTheClientIsRecorded() { // E-012
    RawClient fresh = lab.connected("beta");
    lab.server.env().hold(DISK);
    CallReply complete = fresh.post(RawClient.in(fresh.sequence(1, 1, true), COMPLETE));
    NfsArgop4[] open = {
      fresh.sequence(2, 1, false), putrootfh(), Ops.openByName("n", READ, NONE, "f")
    };
    assertThat(fresh.compound(open).status()).isEqualTo(Nfsstat4.NFS4ERR_GRACE);
    assertThat(complete.isComplete()).isFalse();
    lab.server.env().release(DISK);
    List<NfsResop4> results = RawClient.decode(complete).resarray();
    assertThat(results.getLast().status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(registry.load()).hasSize(2);
    NfsArgop4[] again = {
      fresh.sequence(2, 2, false), putrootfh(), Ops.openByName("n", READ, NONE, "f")
    };
    assertThat(fresh.compound(again).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void destroyClientidIsAnsweredAfterTheRecordIsRemoved() {
    RawClient fresh = lab.mounted("beta");
    fresh.compound(Ops.destroySession(fresh.sessionid()));
    lab.server.env().hold(DISK);
    CallReply destroyed = fresh.post(Ops.destroyClientid(fresh.clientid()));
    assertThat(destroyed.isComplete()).isFalse();
    assertThat(registry.load()).hasSize(2);
    lab.server.env().release(DISK);
    assertThat(RawClient.decode(destroyed).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(registry.load()).hasSize(1);
  }

  @Test
  void stateOfAnExpiredClientIsReleasedAfterItsRecordIsRemoved() { // E-012
    lab.advance(Duration.ofSeconds(60));
    RawClient other = lab.mounted("beta");
    lab.server.env().hold(DISK);
    lab.advance(Duration.ofSeconds(31));
    for (int i = 0; i < 2; i++) {
      assertThat(other.call(putfh(file), openForWriting).status())
          .as("the client could still reclaim after a restart")
          .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    }
    lab.server.env().release(DISK);
    assertThat(other.call(putfh(file), openForWriting).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void gracePeriodEndsAfterTheRecordsOfMissingClientsAreRemoved() { // E-012
    lab.restart();
    RawClient other = lab.mounted("beta");
    lab.advance(LEASE.minusSeconds(1));
    other.call();
    lab.server.env().hold(DISK);
    lab.advance(Duration.ofSeconds(1));
    assertThat(other.call(putfh(file), openForWriting).status()).isEqualTo(Nfsstat4.NFS4ERR_GRACE);
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4ERR_NO_GRACE);
    lab.server.env().release(DISK);
    assertThat(other.call(putfh(file), openForWriting).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void failureOfTheRegistryPreventsReclaimsAfterTheNextRestart() { // E-012
    registry.broken = true;
    RawClient other = lab.mounted("beta");
    assertThat(other.call(putfh(file), Ops.openCurrent("n", READ, NONE)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    registry.broken = false;
    lab.mounted("gamma");
    lab.restart();
    assertThat(lab.inGrace()).isFalse();
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4ERR_NO_GRACE);
  }

  private @Nullable String failure() {
    return lab.server.services().clients().recovery().failure();
  }

  @Test
  void registryThatRecoversRecordsExactlyTheActiveClients() { // E-012
    RawClient leaving = lab.mounted("leaving");
    String full = "no space left on device";
    List<String> log =
        LogCapture.of(
            RegistryWriter.class,
            () -> {
              registry.broken = true;
              lab.mounted("beta");
              assertThat(failure()).isEqualTo(full);
              leaving.compound(Ops.destroySession(leaving.sessionid()));
              leaving.compound(Ops.destroyClientid(leaving.clientid()));
              for (int i = 0; i < 4; i++) {
                lab.advance(Duration.ofSeconds(15));
                client.call();
                assertThat(failure()).isEqualTo(full);
              }
              registry.broken = false;
              lab.advance(Duration.ofSeconds(15));
            });
    assertThat(log)
        .containsExactly(
            "clients are not recorded, so that none may reclaim after a restart: "
                + full
                + ". It is tried again every 15 s",
            "clients are recorded again, all 2 that are here: they may reclaim after a restart");
    assertThat(failure()).isNull();
    lab.mounted("gamma");
    assertThat(registry.load()).hasSize(3);
    lab.restart();
    assertThat(lab.inGrace()).isTrue();
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4_OK);
    RawClient back = leaving.reconnect(lab.server);
    assertThat(tryReclaim(back)).isEqualTo(Nfsstat4.NFS4ERR_NO_GRACE);
  }

  @Test
  void registryThatCannotBeDiscardedBlocksNewGrants() { // E-012
    RawClient fresh = lab.connected("beta");
    registry.broken = true;
    registry.stuck = true;
    CallReply complete = fresh.post(RawClient.in(fresh.sequence(1, 1, true), COMPLETE));
    assertThat(complete.isComplete()).isFalse();
    NfsArgop4[] open = {
      fresh.sequence(2, 1, false), putrootfh(), Ops.openByName("n", READ, NONE, "f")
    };
    assertThat(fresh.compound(open).status()).isEqualTo(Nfsstat4.NFS4ERR_GRACE);
    assertThat(client.call(putfh(file), Ops.openCurrent("n", READ, NONE)).status())
        .as("a recorded client may continue")
        .isEqualTo(Nfsstat4.NFS4_OK);
    lab.advance(LEASE.plusSeconds(1));
    assertThat(lab.server.services().state().size())
        .as("kept for clients that may reclaim it")
        .isPositive();
    assertThat(complete.isComplete()).isFalse();
    registry.stuck = false;
    lab.advance(Duration.ofSeconds(5));
    assertThat(complete.isComplete()).isTrue();
    assertThat(registry.load()).isEmpty();
    RawClient later = lab.mounted("gamma");
    assertThat(later.call(putfh(file), openForWriting).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.server.services().state().size()).as("the client's own open").isEqualTo(1);
    lab.restart();
    assertThat(tryReclaim(client.reconnect(lab.server))).isEqualTo(Nfsstat4.NFS4ERR_NO_GRACE);
  }

  @Test
  void clientsBeyondTheLimitAreNotRecorded() throws IOException {
    FailingRegistry small = new FailingRegistry();
    try (Recovery recovery = Recovery.start(new ManualEnv(), small, 90, 2)) {
      for (int i = 1; i <= 6; i++) {
        assertThat(recovery.complete(new ClientKey(Opaque.ofUtf8("c" + i), 1, "0"), i)).isDone();
      }
      assertThat(small.load()).hasSize(4);
    }
  }
}
