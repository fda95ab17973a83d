package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a restart of the server affects clients: only by a delay. */
class RestartTest {
  private static final byte[] CONTENT = World.random(RestartWorld.SIZE);
  private static final NfsPath COPY = NfsPath.of("/copy");
  private static final NfsCopyOptions OFFLOADED =
      NfsCopyOptions.builder().requireOffload(true).build();

  // K-019, K-020, D-003
  @Test
  void killOfTheServerKeepsFilesOpenAndCompletesACopy() throws Exception {
    for (int at = 0; at < 20; at++) {
      RestartWorld lab = new RestartWorld(at);
      NfsClient client = lab.connect("client");
      NfsFile source = lab.make(client, "/source", CONTENT);
      NfsFile log = lab.make(client, "/log", new byte[0]);
      CopyHandle copy = client.startCopy(NfsPath.of("/source"), client, COPY, OFFLOADED);
      lab.killIn(Duration.ofMillis(1 + 500L * at), Duration.ofSeconds(2));
      byte[] lines = new byte[100 * 12];
      for (int i = 0; i < 12; i++) {
        byte[] line = World.random(100 + i);
        System.arraycopy(line, 0, lines, 100 * i, 100);
        lab.await(log.writeAsync(ByteBuffer.wrap(line, 0, 100), 100L * i));
        lab.await(log.syncAsync());
        lab.world.run(Duration.ofSeconds(1));
      }
      CopyResult result = lab.await(copy.completion());
      assertThat(result.bytes()).as("killed at %s", at).isEqualTo(RestartWorld.SIZE);
      assertThat(lab.read(client, "/copy")).as("killed at %s", at).isEqualTo(CONTENT);
      assertThat(lab.read(log)).as("killed at %s", at).isEqualTo(lines);
      assertThat(lab.read(source)).isEqualTo(CONTENT);
      lab.await(client.closeAsync());
      lab.world.run(RestartWorld.LEASE);
      assertThat(lab.server().stateidCount()).isZero();
    }
  }

  // E-013
  @Test
  void gracePeriodEndsWhenTheOnlyClientHasReclaimed() throws Exception {
    RestartWorld lab = new RestartWorld(1);
    NfsClient client = lab.connect("client");
    NfsFile one = lab.make(client, "/one", CONTENT);
    NfsFile two = lab.make(client, "/two", CONTENT);
    lab.killIn(Duration.ZERO, Duration.ofSeconds(2));
    lab.world.run(Duration.ofSeconds(2));
    assertThat(lab.read(one)).isEqualTo(CONTENT);
    assertThat(lab.read(two)).isEqualTo(CONTENT);
    assertThat(lab.operationCount(NfsOpnum4.OP_OPEN).calls()).isEqualTo(2);
    assertThat(lab.operationCount(NfsOpnum4.OP_OPEN).failures()).isZero();
    lab.make(client, "/three", CONTENT);
    assertThat(lab.operationCount(NfsOpnum4.OP_OPEN).failures()).isZero();
    assertThat(lab.sinceStart()).isLessThan(RestartWorld.LEASE);
  }

  // E-013
  @Test
  void newClientWaitsUntilTheEarlierClientHasReclaimed() throws Exception {
    RestartWorld lab = new RestartWorld(2);
    NfsClient client = lab.connect("client");
    NfsFile file = lab.make(client, "/file", CONTENT);
    lab.world.partition("server", "client");
    lab.killIn(Duration.ZERO, Duration.ofSeconds(1));
    lab.world.run(Duration.ofSeconds(1));
    NfsClient fresh = lab.connect("fresh");
    CompletableFuture<NfsFile> opening =
        fresh.openAsync(NfsPath.of("/file"), NfsOpenOptions.forReading());
    lab.world.run(Duration.ofSeconds(8));
    assertThat(opening).isNotDone();
    lab.world.heal("server", "client");
    assertThat(lab.read(file)).isEqualTo(CONTENT);
    assertThat(lab.read(lab.await(opening))).isEqualTo(CONTENT);
    assertThat(lab.sinceStart()).isLessThan(RestartWorld.LEASE);
  }

  // E-013
  @Test
  void clientAwayForTheWholeGracePeriodDoesNotExtendItAndReopensItsFiles() throws Exception {
    RestartWorld lab = new RestartWorld(3);
    NfsClient client = lab.connect("client");
    NfsFile file = lab.make(client, "/file", CONTENT);
    lab.world.partition("server", "client");
    lab.killIn(Duration.ZERO, Duration.ofSeconds(1));
    lab.world.run(Duration.ofSeconds(1));
    NfsClient fresh = lab.connect("fresh");
    NfsFile opened = lab.await(fresh.openAsync(NfsPath.of("/file"), NfsOpenOptions.forReading()));
    assertThat(lab.sinceStart()).isBetween(RestartWorld.LEASE, RestartWorld.LEASE.plusSeconds(6));
    assertThat(lab.read(opened)).isEqualTo(CONTENT);
    lab.world.heal("server", "client");
    assertThat(lab.read(file)).isEqualTo(CONTENT);
  }

  // E-012
  @Test
  void clientThatMayNotReclaimWaitsForTheEndOfTheGracePeriod() throws Exception {
    RestartWorld lab = new RestartWorld(6);
    NfsClient client = lab.connect("client", Duration.ofSeconds(8));
    NfsFile file = lab.make(client, "/file", CONTENT);
    NfsClient other = lab.connect("other");
    lab.world.partition("server", "client");
    lab.world.run(RestartWorld.LEASE.multipliedBy(2));
    assertThat(lab.server().stateidCount()).isZero();
    assertThat(lab.read(other, "/file")).isEqualTo(CONTENT);
    lab.world.partition("server", "other");
    lab.killIn(Duration.ZERO, Duration.ofSeconds(1));
    lab.world.run(Duration.ofSeconds(1));
    lab.world.heal("server", "client");
    assertThat(lab.read(file)).isEqualTo(CONTENT);
    assertThat(lab.sinceStart()).isGreaterThan(RestartWorld.LEASE);
  }

  @Test
  void twoRestartsInOneGracePeriodLoseNoOpenFile() throws Exception {
    RestartWorld lab = new RestartWorld(4);
    NfsClient client = lab.connect("client");
    NfsClient other = lab.connect("other");
    NfsFile file = lab.make(client, "/file", CONTENT);
    NfsFile second = lab.make(other, "/second", CONTENT);
    lab.world.partition("server", "other");
    lab.killIn(Duration.ZERO, Duration.ofSeconds(1));
    lab.killIn(Duration.ofSeconds(8), Duration.ofSeconds(1));
    lab.world.run(Duration.ofSeconds(12));
    lab.world.heal("server", "other");
    assertThat(lab.read(file)).isEqualTo(CONTENT);
    assertThat(lab.read(second)).isEqualTo(CONTENT);
    assertThat(lab.operationCount(NfsOpnum4.OP_OPEN).calls()).isEqualTo(2);
    assertThat(lab.operationCount(NfsOpnum4.OP_OPEN).failures()).isZero();
  }

  @Test
  void onlyTheFileRemovedWhileOpenIsLostAndReportsStale() throws Exception {
    RestartWorld lab = new RestartWorld(5);
    NfsClient client = lab.connect("client");
    NfsFile removed = lab.make(client, "/removed", CONTENT);
    NfsFile kept = lab.make(client, "/kept", CONTENT);
    lab.await(client.removeAsync(NfsPath.of("/removed")));
    assertThat(lab.read(removed)).isEqualTo(CONTENT);
    lab.killIn(Duration.ZERO, Duration.ofSeconds(1));
    lab.world.run(Duration.ofSeconds(1));
    assertThat(lab.read(kept)).isEqualTo(CONTENT);
    assertThatThrownBy(() -> lab.read(removed))
        .cause()
        .isInstanceOfSatisfying(
            NfsException.class,
            lost -> assertThat(lost.reason()).isEqualTo(NfsException.Reason.STALE));
  }
}
