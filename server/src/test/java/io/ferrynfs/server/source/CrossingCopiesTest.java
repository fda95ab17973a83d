package io.ferrynfs.server.source;

import static io.ferrynfs.server.source.ThreeParties.MIB;
import static io.ferrynfs.server.source.ThreeParties.durable;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.session.Results;
import io.ferrynfs.rpc.testkit.Fate;
import io.ferrynfs.rpc.testkit.SimMessage;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.server.source.ThreeParties.NotifiedFile;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Many concurrent copies in both directions, and over a network that loses and duplicates messages.
 */
class CrossingCopiesTest {
  private static final int COPIES = 6;

  /** One thread for copies, and two buffers for all of them. */
  private static final ServerLimits SMALL =
      ThreeParties.limits(
          CopyLimits.builder()
              .resultsPerClientMax(128)
              .stepsMax(1)
              .stepsPerVolumeMax(1)
              .sources(
                  SourceLimits.builder()
                      .readsPerCopyMax(2)
                      .buffersOfLinkMax(2)
                      .buffersSharedMax(1)
                      .build())
              .build());

  /** A copy that has been requested. */
  private record Copy(CopyEndpoint at, String target, int bytes) {}

  /** A target file and the size of its source. */
  private record CopyTarget(NfsFh4 file, String name, int bytes) {}

  // C-045
  @Test
  void copiesInBothDirectionsWithFewBuffersAllComplete() {
    for (int seed = 1; seed <= 10; seed++) {
      ThreeParties lab = new ThreeParties(seed, SMALL, ThreeParties.options(), SMALL);
      List<CompletableFuture<Results>> answers = new ArrayList<>();
      List<Copy> copies = new ArrayList<>();
      for (int i = 0; i < COPIES; i++) {
        byte[] content = ThreeParties.random(2 * MIB + i);
        for (CopyEndpoint from : List.of(lab.source, lab.destination)) {
          CopyEndpoint into = from.equals(lab.source) ? lab.destination : lab.source;
          CopyClient reader = from.equals(lab.source) ? lab.atSource : lab.atDestination;
          CopyClient writer = from.equals(lab.source) ? lab.atDestination : lab.atSource;
          from.put("from" + i, content);
          CopyClient.Open open = reader.open("from" + i, Ops.READ);
          NotifiedFile announced = new NotifiedFile(open, reader.notify(open, into.location()));
          CopyClient.Open to = writer.open("to" + i, Ops.BOTH);
          answers.add(writer.send(announced.copy(to, false)));
          copies.add(new Copy(into, "to" + i, content.length));
        }
      }
      for (CompletableFuture<Results> answer : answers) {
        assertThat(lab.atSource.await(answer).status()).isEqualTo(Nfsstat4.NFS4_OK);
      }
      for (int i = 0; i < COPIES; i++) {
        durable(lab.atSource.callback().offloadInfo());
        durable(lab.atDestination.callback().offloadInfo());
      }
      for (Copy copy : copies) {
        assertThat(copy.at().content(copy.target())).isEqualTo(ThreeParties.random(copy.bytes()));
      }
      lab.expectNothingHeld();
    }
  }

  // I-030, I-031, W-027: whatever the network does, the reported bytes are copied
  @Test
  void unreliableNetworkCausesNoWrongCopy() {
    int complete = 0;
    for (int seed = 1; seed <= 25; seed++) {
      ThreeParties lab = new ThreeParties(seed);
      List<CopyTarget> targets = new ArrayList<>();
      List<NotifiedFile> sources = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        lab.put("from" + i, 5 * MIB + i);
        sources.add(lab.notifyFile("from" + i));
      }
      Random random = new Random(seed);
      lab.world.faults(message -> fate(message, random));
      int accepted = 0;
      for (int i = 0; i < 3; i++) {
        CopyClient.Open to = lab.atDestination.open("to" + i, Ops.BOTH);
        targets.add(new CopyTarget(to.file(), "to" + i, 5 * MIB + i));
        Results results =
            lab.atDestination.await(lab.atDestination.send(sources.get(i).copy(to, false)));
        accepted += results.ok() ? 1 : 0;
      }
      for (int i = 0; i < accepted; i++) {
        CbOffload4Args callback = lab.atDestination.callback();
        CopyTarget target =
            targets.stream()
                .filter(each -> each.file().equals(callback.fh()))
                .findAny()
                .orElseThrow();
        int bytes =
            callback.offloadInfo() instanceof OffloadInfo4.Ok(var done) ? (int) done.count() : 0;
        complete += bytes == target.bytes() ? 1 : 0;
        assertThat(Arrays.copyOf(lab.destination.content(target.name()), bytes))
            .as("seed " + seed)
            .isEqualTo(Arrays.copyOf(ThreeParties.random(target.bytes()), bytes));
      }
      lab.world.faults(message -> Fate.DELIVER);
      lab.expectNothingHeld();
    }
    assertThat(complete)
        .as("most copies complete because lost calls are sent again")
        .isGreaterThan(40);
  }

  /** Faults only between the servers; the client's messages are not the subject of this test. */
  private static Fate fate(SimMessage message, Random random) {
    if (!Set.of(message.from(), message.to()).equals(Set.of("source", "destination"))) {
      return Fate.DELIVER;
    }
    return switch (random.nextInt(40)) {
      case 0 -> Fate.BREAK_BEFORE;
      case 1 -> Fate.BREAK_AFTER;
      case 2 -> Fate.DUPLICATE;
      case 3 -> new Fate.Delay(Duration.ofMillis(random.nextInt(300)), true);
      default -> Fate.DELIVER;
    };
  }

  // A-006, I-018, Z-005
  @Test
  void copiesOfDifferentUsersFromOneSourceShareItsBuffers() {
    ThreeParties lab = new ThreeParties(1, SMALL, ThreeParties.options());
    lab.put("from", 3 * MIB);
    NotifiedFile from = lab.notifyFile("from");
    List<Netloc4> sources = from.notifyResult().sourceServer();
    List<CompletableFuture<Results>> answers = new ArrayList<>();
    List<CopyClient> clients = new ArrayList<>();
    for (int uid = 1000; uid < 1008; uid++) {
      CopyClient client = lab.client(lab.destination, uid);
      clients.add(client);
      CopyClient.Open to = client.open("to " + uid, Ops.BOTH);
      answers.add(client.send(from.copy(to, sources, 0, 0, true)));
    }
    answers.forEach(answer ->
        assertThat(ThreeParties.count(lab.atSource.await(answer).results().getLast()))
            .isEqualTo(3 * MIB));
    clients.forEach(CopyClient::close);
    lab.expectNothingHeld();
  }
}
