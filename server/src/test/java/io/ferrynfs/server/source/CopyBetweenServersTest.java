package io.ferrynfs.server.source;

import static io.ferrynfs.server.source.ThreeParties.MIB;
import static io.ferrynfs.server.source.ThreeParties.count;
import static io.ferrynfs.server.source.ThreeParties.durable;
import static io.ferrynfs.server.source.ThreeParties.stateid;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.offload.CopyLog;
import io.ferrynfs.server.source.ThreeParties.NotifiedFile;
import io.ferrynfs.server.testing.LogCapture;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** COPY with source servers, as all three parties see it (RFC 7862 sections 4.6 and 15.2). */
class CopyBetweenServersTest {
  private final ThreeParties lab = new ThreeParties();

  // D1, D2, D7, I-001, I-002, I-006, I-007, I-008, I-010, I-015, I-028, F-005
  @Test
  void fileIsCopiedFromAnotherServerAndItsClientReceivesACallback() {
    byte[] content = lab.put("from", 5 * MIB + 17);
    NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    List<NfsResop4> results = lab.atDestination.run(from.copy(to, false));
    assertThat(results.stream().map(NfsResop4::status))
        .containsExactly(Nfsstat4.NFS4_OK, Nfsstat4.NFS4_OK, Nfsstat4.NFS4_OK, Nfsstat4.NFS4_OK);
    CbOffload4Args callback = lab.atDestination.callback();
    assertThat(callback.stateid()).isEqualTo(stateid(results.getLast()));
    assertThat(callback.fh()).isEqualTo(to.file());
    assertThat(durable(callback.offloadInfo())).isEqualTo(content.length);
    assertThat(lab.destination.content("to")).isEqualTo(content);
    assertThat(lab.source.calls(NfsOpnum4.OP_OPEN)).as("the client's own OPEN").isEqualTo(1);
    assertThat(lab.source.calls(NfsOpnum4.OP_CLOSE)).isZero();
    lab.expectNothingHeld();
  }

  // C-029, C-030, C-042, I-014
  @Test
  void synchronousCopyFromADistantSourceIsShort() {
    byte[] content = lab.put("from", 40 * MIB);
    NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    NfsArgop4[] first = from.copy(to, from.notifyResult().sourceServer(), 0, MIB, true);
    assertThat(count(lab.atDestination.last(first)))
        .as("the first copy connects to the source")
        .isEqualTo(MIB);
    lab.world.latency(Duration.ofMillis(300), Duration.ZERO);
    long start = lab.world.nanoTime();
    int copied = (int) count(lab.atDestination.last(from.copy(to, true)));
    assertThat(Duration.ofNanos(lab.world.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
    assertThat(copied).isBetween(1, 30 * MIB);
    assertThat(lab.destination.content("to")).isEqualTo(Arrays.copyOf(content, copied));
    lab.world.latency(Duration.ofMillis(1), Duration.ZERO);
    lab.expectNothingHeld();
  }

  // I-006: both servers derived it from a volume of the same name, as replicas do
  @Test
  void filehandleThatIsAlsoValidOnTheDestinationIsPassedToTheSource() {
    CopyEndpoint replica =
        new CopyEndpoint(
            lab.world.host("replica"),
            "replica",
            "destination",
            ThreeParties.limits(CopyLimits.defaults()),
            ThreeParties.options());
    lab.destination.put("from", ThreeParties.random(MIB));
    byte[] content = ThreeParties.random(MIB + 1);
    replica.put("from", content);
    CopyClient atReplica = lab.client(replica, 1000);
    CopyClient.Open open = atReplica.open("from", Ops.READ);
    assertThat(lab.atDestination.open("from", Ops.READ).file()).isEqualTo(open.file());
    NotifiedFile from = new NotifiedFile(open, atReplica.notify(open, lab.destination.location()));
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    assertThat(count(lab.atDestination.last(from.copy(to, true)))).isEqualTo(content.length);
    assertThat(lab.destination.content("to")).isEqualTo(content);
    atReplica.close();
    lab.expectNothingHeld();
  }

  // Z-004
  @Test
  void logNamesTheUserTheSourceAndTheResult() {
    lab.put("from", MIB);
    NotifiedFile from = lab.notifyFile("from");
    List<String> lines =
        LogCapture.of(
            CopyLog.class,
            () -> lab.atDestination.run(from.copy(lab.atDestination.open("to", Ops.BOTH), true)));
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst())
        .contains("uid 1000", lab.world.host("client").address().getHostAddress())
        .contains("1048576 bytes of " + lab.source.host.address().getHostAddress() + ":2049");
    assertThat(lines.getLast()).matches("copy 1 ended: 1048576 bytes in \\d+ ms");
  }

  // I-014
  @Test
  void synchronousCopyBetweenServersSucceeds() {
    byte[] content = lab.put("from", 3 * MIB);
    NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    assertThat(count(lab.atDestination.last(from.copy(to, true)))).isEqualTo(content.length);
    assertThat(lab.destination.content("to")).isEqualTo(content);
    lab.expectNothingHeld();
  }
}
