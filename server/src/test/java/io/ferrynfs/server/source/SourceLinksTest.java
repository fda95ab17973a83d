package io.ferrynfs.server.source;

import static io.ferrynfs.server.source.ThreeParties.KEPT;
import static io.ferrynfs.server.source.ThreeParties.MIB;
import static io.ferrynfs.server.source.ThreeParties.count;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.session.Results;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.server.source.ThreeParties.NotifiedFile;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The sessions of a destination with its sources, and their lifetime. */
class SourceLinksTest {
  private static final Duration ONE_SECOND = Duration.ofSeconds(1);

  private ThreeParties lab = new ThreeParties();

  private long exchangeIds() {
    return lab.source.calls(NfsOpnum4.OP_EXCHANGE_ID);
  }

  private void copyOnce() {
    NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    assertThat(count(lab.atDestination.last(from.copy(to, true)))).isEqualTo(MIB);
  }

  // D10, B20, I-017, I-018, I-022
  @Test
  void linkIsReusedAndEndsAWhileAfterTheLastCopy() {
    lab.put("from", MIB);
    long before = exchangeIds();
    copyOnce();
    lab.world.run(KEPT.minus(ONE_SECOND));
    assertThat(lab.destination.server.sourceCount()).isEqualTo(1);
    copyOnce();
    assertThat(exchangeIds()).as("one client of the source").isEqualTo(before + 1);
    lab.world.run(KEPT.minus(ONE_SECOND));
    assertThat(lab.destination.server.sourceCount())
        .as("the time restarted at the second copy")
        .isEqualTo(1);
    assertThat(lab.source.server.clientCount()).as("its lease was renewed").isEqualTo(2);
    lab.world.run(ONE_SECOND.multipliedBy(2));
    assertThat(lab.destination.server.sourceCount()).isZero();
    assertThat(lab.source.calls(NfsOpnum4.OP_DESTROY_SESSION)).isEqualTo(1);
    assertThat(lab.source.calls(NfsOpnum4.OP_DESTROY_CLIENTID)).isEqualTo(1);
    assertThat(lab.source.server.clientCount()).isEqualTo(1);
    lab.expectNothingHeld();
  }

  // I-019
  @Test
  void concurrentCopiesShareOneLink() {
    lab.put("from", MIB);
    long before = exchangeIds();
    NotifiedFile from = lab.notifyFile("from");
    List<CompletableFuture<Results>> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      CopyClient.Open to = lab.atDestination.open("to" + i, Ops.BOTH);
      answers.add(lab.atDestination.send(from.copy(to, true)));
    }
    answers.forEach(answer ->
        assertThat(count(lab.atDestination.await(answer).results().getLast())).isEqualTo(MIB));
    assertThat(exchangeIds()).isEqualTo(before + 1);
    assertThat(lab.destination.server.sourceCount()).isEqualTo(1);
    lab.expectNothingHeld();
  }

  // B2, B3, B18, I-020
  @Test
  void copiesThatWaitForAFailedLinkFailAndTheNextCopyConnectsAgain() {
    lab.put("from", MIB);
    NotifiedFile from = lab.notifyFile("from");
    lab.world.partition("source", "destination");
    List<CompletableFuture<Results>> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CopyClient.Open to = lab.atDestination.open("to" + i, Ops.BOTH);
      answers.add(lab.atDestination.send(from.copy(to, i == 1)));
    }
    long start = lab.world.nanoTime();
    answers.forEach(answer ->
        assertThat(lab.atDestination.await(answer).status())
            .isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED));
    assertThat(Duration.ofNanos(lab.world.nanoTime() - start))
        .isLessThan(SourceLimits.defaults().setUpTimeMax());
    assertThat(lab.destination.server.sourceCount()).isZero();
    lab.world.heal("source", "destination");
    copyOnce();
    lab.expectNothingHeld();
  }

  // B1: a copy that arrives at the moment of expiry, slightly earlier and slightly later
  @Test
  void linkThatExpiresDuringAnAcquisitionHarmsNoCopy() {
    for (int micros = -600; micros <= 600; micros += 25) {
      lab = new ThreeParties(micros);
      lab.put("from", MIB);
      copyOnce();
      long expiry = lab.world.nanoTime() + KEPT.toNanos();
      lab.world.run(KEPT.minus(ONE_SECOND));
      NotifiedFile from = lab.notifyFile("from");
      CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
      List<CompletableFuture<Results>> answers = new ArrayList<>();
      lab.world
          .host("fate")
          .timers()
          .schedule(
              Duration.ofNanos(expiry - lab.world.nanoTime() + 1000L * micros),
              () -> answers.add(lab.atDestination.send(from.copy(to, true))));
      lab.world.run(ONE_SECOND.multipliedBy(2));
      assertThat(count(lab.atDestination.await(answers.getFirst()).results().getLast()))
          .isEqualTo(MIB);
      lab.expectNothingHeld();
    }
  }

  // B14
  @Test
  void linksToSeveralSourcesExpireTogether() {
    List<CopyEndpoint> sources = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      CopyEndpoint endpoint =
          new CopyEndpoint(
              lab.world.host("source" + i),
              ThreeParties.limits(CopyLimits.defaults()),
              ThreeParties.options());
      endpoint.put("from", new byte[MIB]);
      sources.add(endpoint);
    }
    List<CompletableFuture<Results>> answers = new ArrayList<>();
    for (CopyEndpoint endpoint : sources) {
      CopyClient client = lab.client(endpoint, 1000);
      CopyClient.Open open = client.open("from", Ops.READ);
      NotifiedFile from = new NotifiedFile(open, client.notify(open, lab.destination.location()));
      CopyClient.Open to = lab.atDestination.open("to " + endpoint.name, Ops.BOTH);
      answers.add(lab.atDestination.send(from.copy(to, true)));
    }
    answers.forEach(lab.atDestination::await);
    assertThat(lab.destination.server.sourceCount()).isEqualTo(5);
    lab.world.run(KEPT.plus(ONE_SECOND));
    assertThat(lab.destination.server.sourceCount()).isZero();
    for (CopyEndpoint endpoint : sources) {
      assertThat(endpoint.calls(NfsOpnum4.OP_DESTROY_CLIENTID)).isEqualTo(1);
    }
    lab.expectNothingHeld();
  }

  // Z-005
  @Test
  void numberOfLinksIsLimited() {
    SourceLimits one = SourceLimits.builder().linksMax(1).keep(KEPT).build();
    lab =
        new ThreeParties(
            1,
            ThreeParties.limits(CopyLimits.builder().sources(one).build()),
            ThreeParties.options());
    lab.put("from", MIB);
    CopyEndpoint other =
        new CopyEndpoint(
            lab.world.host("other"),
            ThreeParties.limits(CopyLimits.defaults()),
            ThreeParties.options());
    other.put("from", new byte[MIB]);
    CopyClient atOther = lab.client(other, 1000);
    CopyClient.Open open = atOther.open("from", Ops.READ);
    NotifiedFile fromOther =
        new NotifiedFile(open, atOther.notify(open, lab.destination.location()));
    NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    CopyClient.Open second = lab.atDestination.open("second", Ops.BOTH);

    copyOnce();
    assertThat(count(lab.atDestination.last(fromOther.copy(to, true))))
        .as("an idle link is replaced")
        .isEqualTo(MIB);
    lab.world.run(ONE_SECOND);
    assertThat(lab.source.server.clientCount()).isEqualTo(1);
    lab.world.partition("source", "destination");
    CompletableFuture<Results> connecting = lab.atDestination.send(from.copy(to, true));
    lab.world.run(Duration.ofMillis(10));
    CompletableFuture<Results> delayed = lab.atDestination.send(fromOther.copy(second, true));
    lab.world.run(Duration.ofMillis(1));
    assertThat(delayed).as("NFS4ERR_DELAY, and the client retries").isNotDone();
    assertThat(lab.atDestination.await(connecting).status())
        .isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    assertThat(count(lab.atDestination.await(delayed).results().getLast())).isEqualTo(MIB);
    atOther.close();
    lab.world.heal("source", "destination");
    lab.expectNothingHeld();
  }

  // Z-005
  @Test
  void linksToDeadSourcesDoNotExcludeOtherClients() {
    SourceLimits few =
        SourceLimits.builder()
            .linksMax(3)
            .keep(KEPT)
            .linksPerClientMax(2)
            .setUpsPerClientMax(8)
            .build();
    lab =
        new ThreeParties(
            1,
            ThreeParties.limits(CopyLimits.builder().sources(few).build()),
            ThreeParties.options());
    lab.put("from", MIB);
    NotifiedFile from = lab.notifyFile("from");
    List<CompletableFuture<Results>> answers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      SimEnv dead = lab.world.host("dead" + i);
      dead.powerOff();
      Netloc4 there =
          CopyEndpoint.location(new InetSocketAddress(dead.address(), CopyEndpoint.PORT));
      CopyClient.Open to = lab.atDestination.open("to" + i, Ops.BOTH);
      answers.add(lab.atDestination.send(from.copy(to, List.of(there), 0, 0, true)));
    }
    lab.world.run(Duration.ofMillis(10));
    assertThat(lab.destination.server.sourceCount()).isEqualTo(2);
    CopyClient other =
        new CopyClient(lab.world, lab.world.host("another"), lab.destination.address(), 1001);
    CopyClient.Open to = other.open("other", Ops.BOTH);
    CompletableFuture<Results> alive = other.send(from.copy(to, true));
    lab.world.run(Duration.ofMillis(100));
    assertThat(alive).isDone();
    assertThat(count(alive.join().results().getLast())).isEqualTo(MIB);
    answers.forEach(answer ->
        assertThat(lab.atDestination.await(answer).status())
            .isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED));
    other.close();
    lab.expectNothingHeld();
  }

  // Z-005
  @Test
  void copiesOfAClientThatConnectToTheirSourceAreLimited() {
    SourceLimits one = SourceLimits.builder().linksPerClientMax(2).setUpsPerClientMax(1).build();
    lab =
        new ThreeParties(
            1,
            ThreeParties.limits(CopyLimits.builder().sources(one).build()),
            ThreeParties.options());
    lab.put("from", MIB);
    NotifiedFile from = lab.notifyFile("from");
    lab.world.partition("source", "destination");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    CompletableFuture<Results> connecting = lab.atDestination.send(from.copy(to, true));
    lab.world.run(Duration.ofMillis(10));
    long before = lab.destination.calls(NfsOpnum4.OP_COPY);
    CopyClient.Open second = lab.atDestination.open("second", Ops.BOTH);
    CompletableFuture<Results> delayed = lab.atDestination.send(from.copy(second, true));
    lab.world.run(Duration.ofMillis(10));
    assertThat(lab.destination.calls(NfsOpnum4.OP_COPY)).as("answered").isEqualTo(before + 1);
    assertThat(delayed).as("NFS4ERR_DELAY, and the client retries").isNotDone();
    assertThat(lab.atDestination.await(connecting).status())
        .isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    lab.world.heal("source", "destination");
    assertThat(count(lab.atDestination.await(delayed).results().getLast())).isEqualTo(MIB);
    lab.expectNothingHeld();
  }

  // I-021
  @Test
  void stoppedServerClosesItsSessionsWithSources() {
    lab.put("from", MIB);
    copyOnce();
    assertThat(lab.source.server.clientCount()).isEqualTo(2);
    lab.atDestination.await(lab.destination.server.shutdown(ONE_SECOND));
    assertThat(lab.source.server.clientCount()).isEqualTo(1);
    assertThat(lab.source.calls(NfsOpnum4.OP_DESTROY_CLIENTID)).isEqualTo(1);
    assertThat(lab.destination.server.sourceCount()).isZero();
  }

  // E-011
  @Test
  void restartedDestinationReplacesItsClientRecordAtTheSource() {
    lab.put("from", MIB);
    copyOnce();
    assertThat(lab.source.server.clientCount()).isEqualTo(2);
    lab.destination.restart();
    copyOnce();
    assertThat(lab.source.server.clientCount()).as("no third client").isEqualTo(2);
    lab.expectNothingHeld();
  }
}
