package io.ferrynfs.server.source;

import static io.ferrynfs.server.source.ThreeParties.KEPT;
import static io.ferrynfs.server.source.ThreeParties.MIB;
import static io.ferrynfs.server.source.ThreeParties.count;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.session.Results;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.server.source.ThreeParties.Announced;
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

/** The sessions of a destination with its sources, and how long they last. */
class SourceLinksTest {
  private static final Duration A_SECOND = Duration.ofSeconds(1);

  private ThreeParties lab = new ThreeParties();

  private long exchangeIds() {
    return lab.source.calls(NfsOpnum4.OP_EXCHANGE_ID);
  }

  private void copyOnce() {
    Announced from = lab.announce("from");
    Party.Open to = lab.atDestination.open("to", Ops.BOTH);
    assertThat(count(lab.atDestination.last(from.copy(to, true)))).isEqualTo(MIB);
  }

  // D10, B20, I-017, I-018, I-022
  @Test
  void aLinkIsReusedAndEndsAWhileAfterTheLastCopy() {
    lab.put("from", MIB);
    long before = exchangeIds();
    copyOnce();
    lab.world.run(KEPT.minus(A_SECOND));
    assertThat(lab.destination.server.sourceCount()).isEqualTo(1);
    copyOnce();
    assertThat(exchangeIds()).as("one client of it").isEqualTo(before + 1);
    lab.world.run(KEPT.minus(A_SECOND));
    assertThat(lab.destination.server.sourceCount()).as("anew since the second").isEqualTo(1);
    assertThat(lab.source.server.clientCount()).as("its lease was renewed").isEqualTo(2);
    lab.world.run(A_SECOND.multipliedBy(2));
    assertThat(lab.destination.server.sourceCount()).isZero();
    assertThat(lab.source.calls(NfsOpnum4.OP_DESTROY_SESSION)).isEqualTo(1);
    assertThat(lab.source.calls(NfsOpnum4.OP_DESTROY_CLIENTID)).isEqualTo(1);
    assertThat(lab.source.server.clientCount()).isEqualTo(1);
    lab.expectNothingHeld();
  }

  // I-019
  @Test
  void copiesThatBeginTogetherShareOneLink() {
    lab.put("from", MIB);
    long before = exchangeIds();
    Announced from = lab.announce("from");
    List<CompletableFuture<Results>> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Party.Open to = lab.atDestination.open("to" + i, Ops.BOTH);
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
  void whoWaitsForALinkThatFailsIsToldAndTheNextCopyBeginsAfresh() {
    lab.put("from", MIB);
    Announced from = lab.announce("from");
    lab.world.partition("source", "destination");
    List<CompletableFuture<Results>> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Party.Open to = lab.atDestination.open("to" + i, Ops.BOTH);
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

  // B1: a copy that comes at the very moment, a little earlier, and a little later
  @Test
  void aLinkThatExpiresWhileACopyTakesItHarmsNeither() {
    for (int micros = -600; micros <= 600; micros += 25) {
      lab = new ThreeParties(micros);
      lab.put("from", MIB);
      copyOnce();
      long expiry = lab.world.nanoTime() + KEPT.toNanos();
      lab.world.run(KEPT.minus(A_SECOND));
      Announced from = lab.announce("from");
      Party.Open to = lab.atDestination.open("to", Ops.BOTH);
      List<CompletableFuture<Results>> answers = new ArrayList<>();
      lab.world
          .host("fate")
          .timers()
          .schedule(
              Duration.ofNanos(expiry - lab.world.nanoTime() + 1000L * micros),
              () -> answers.add(lab.atDestination.send(from.copy(to, true))));
      lab.world.run(A_SECOND.multipliedBy(2));
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
      CopyEndpoint place =
          new CopyEndpoint(
              lab.world.host("source" + i),
              ThreeParties.limits(CopyLimits.defaults()),
              ThreeParties.options());
      place.put("from", new byte[MIB]);
      sources.add(place);
    }
    List<CompletableFuture<Results>> answers = new ArrayList<>();
    for (CopyEndpoint place : sources) {
      Party client = lab.client(place, 1000);
      Party.Open open = client.open("from", Ops.READ);
      Announced from = new Announced(open, client.notify(open, lab.destination.location()));
      Party.Open to = lab.atDestination.open("to " + place.name, Ops.BOTH);
      answers.add(lab.atDestination.send(from.copy(to, true)));
    }
    answers.forEach(lab.atDestination::await);
    assertThat(lab.destination.server.sourceCount()).isEqualTo(5);
    lab.world.run(KEPT.plus(A_SECOND));
    assertThat(lab.destination.server.sourceCount()).isZero();
    for (CopyEndpoint place : sources) {
      assertThat(place.calls(NfsOpnum4.OP_DESTROY_CLIENTID)).isEqualTo(1);
    }
    lab.expectNothingHeld();
  }

  // Z-005
  @Test
  void theNumberOfLinksIsBounded() {
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
    Party atOther = lab.client(other, 1000);
    Party.Open open = atOther.open("from", Ops.READ);
    Announced fromOther = new Announced(open, atOther.notify(open, lab.destination.location()));
    Announced from = lab.announce("from");
    Party.Open to = lab.atDestination.open("to", Ops.BOTH);
    Party.Open second = lab.atDestination.open("second", Ops.BOTH);

    copyOnce();
    assertThat(count(lab.atDestination.last(fromOther.copy(to, true))))
        .as("an idle link makes room")
        .isEqualTo(MIB);
    lab.world.run(A_SECOND);
    assertThat(lab.source.server.clientCount()).isEqualTo(1);
    lab.world.partition("source", "destination");
    CompletableFuture<Results> connecting = lab.atDestination.send(from.copy(to, true));
    lab.world.run(Duration.ofMillis(10));
    CompletableFuture<Results> putOff = lab.atDestination.send(fromOther.copy(second, true));
    lab.world.run(Duration.ofMillis(1));
    assertThat(putOff).as("NFS4ERR_DELAY, and the client comes again").isNotDone();
    assertThat(lab.atDestination.await(connecting).status())
        .isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    assertThat(count(lab.atDestination.await(putOff).results().getLast())).isEqualTo(MIB);
    atOther.close();
    lab.world.heal("source", "destination");
    lab.expectNothingHeld();
  }

  // Z-005
  @Test
  void whoNamesDeadSourcesKeepsNobodyFromLiveOnes() {
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
    Announced from = lab.announce("from");
    List<CompletableFuture<Results>> answers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      SimEnv dead = lab.world.host("dead" + i);
      dead.powerOff();
      Netloc4 there =
          CopyEndpoint.location(new InetSocketAddress(dead.address(), CopyEndpoint.PORT));
      Party.Open to = lab.atDestination.open("to" + i, Ops.BOTH);
      answers.add(lab.atDestination.send(from.copy(to, List.of(there), 0, 0, true)));
    }
    lab.world.run(Duration.ofMillis(10));
    assertThat(lab.destination.server.sourceCount()).isEqualTo(2);
    Party other = new Party(lab.world, lab.world.host("another"), lab.destination.address(), 1001);
    Party.Open to = other.open("other", Ops.BOTH);
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
  void theCopiesOfAClientThatLookForTheirSourceAreBounded() {
    SourceLimits one = SourceLimits.builder().linksPerClientMax(2).setUpsPerClientMax(1).build();
    lab =
        new ThreeParties(
            1,
            ThreeParties.limits(CopyLimits.builder().sources(one).build()),
            ThreeParties.options());
    lab.put("from", MIB);
    Announced from = lab.announce("from");
    lab.world.partition("source", "destination");
    Party.Open to = lab.atDestination.open("to", Ops.BOTH);
    CompletableFuture<Results> looking = lab.atDestination.send(from.copy(to, true));
    lab.world.run(Duration.ofMillis(10));
    long before = lab.destination.calls(NfsOpnum4.OP_COPY);
    Party.Open second = lab.atDestination.open("second", Ops.BOTH);
    CompletableFuture<Results> putOff = lab.atDestination.send(from.copy(second, true));
    lab.world.run(Duration.ofMillis(10));
    assertThat(lab.destination.calls(NfsOpnum4.OP_COPY)).as("answered").isEqualTo(before + 1);
    assertThat(putOff).as("NFS4ERR_DELAY, and the client comes again").isNotDone();
    assertThat(lab.atDestination.await(looking).status())
        .isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    lab.world.heal("source", "destination");
    assertThat(count(lab.atDestination.await(putOff).results().getLast())).isEqualTo(MIB);
    lab.expectNothingHeld();
  }

  // I-021
  @Test
  void aServerThatEndsLeavesItsSources() {
    lab.put("from", MIB);
    copyOnce();
    assertThat(lab.source.server.clientCount()).isEqualTo(2);
    lab.atDestination.await(lab.destination.server.shutdown(A_SECOND));
    assertThat(lab.source.server.clientCount()).isEqualTo(1);
    assertThat(lab.source.calls(NfsOpnum4.OP_DESTROY_CLIENTID)).isEqualTo(1);
    assertThat(lab.destination.server.sourceCount()).isZero();
  }

  // E-011
  @Test
  void aRestartedDestinationReplacesWhatItWasToTheSource() {
    lab.put("from", MIB);
    copyOnce();
    assertThat(lab.source.server.clientCount()).isEqualTo(2);
    lab.destination.restart();
    copyOnce();
    assertThat(lab.source.server.clientCount()).as("not a third one").isEqualTo(2);
    lab.expectNothingHeld();
  }
}
