package io.ferrynfs.server.source;

import static io.ferrynfs.server.source.ThreeParties.MIB;
import static io.ferrynfs.server.source.ThreeParties.count;
import static io.ferrynfs.server.source.ThreeParties.durable;
import static io.ferrynfs.server.source.ThreeParties.stateid;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.session.Results;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcServer;
import io.ferrynfs.rpc.env.Network;
import io.ferrynfs.rpc.env.ReceivedRecord;
import io.ferrynfs.rpc.env.RecordReceiver;
import io.ferrynfs.rpc.env.RecordStream;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.source.ThreeParties.NotifiedFile;
import io.ferrynfs.server.testing.LogCapture;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.testkit.faults.Operation;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Copies whose source is unreachable or fails during the copy. */
class SourceFailuresTest {
  private static final int RATE = MIB;
  private static final int BYTES = 20 * MIB;
  private static final Duration ONE_SECOND = Duration.ofSeconds(1);

  /** Copies at one MiB per second. */
  private static final CopyLimits SLOW = CopyLimits.builder().bytesPerSecondMax(RATE).build();

  private ThreeParties lab = slow(CopyRules.LINUX);

  private static ThreeParties slow(CopyRules rules) {
    return new ThreeParties(
        1, ThreeParties.limits(SLOW), ThreeParties.options(rules, CopySources.ofOwnNetworks()));
  }

  /** Starts an asynchronous copy of 20 MiB and lets it run for several seconds. */
  private Running begin() {
    lab.put("from", BYTES);
    NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    Stateid4 stateid = stateid(lab.atDestination.last(from.copy(to, false)));
    lab.world.run(ONE_SECOND.multipliedBy(4));
    return new Running(from, to, stateid);
  }

  private record Running(NotifiedFile from, CopyClient.Open to, Stateid4 stateid) {}

  /** Expects that the copy ends as a durable short copy, and that the reported bytes are there. */
  private long expectShort(Running copy) {
    CbOffload4Args callback = lab.atDestination.callback();
    assertThat(callback.stateid()).isEqualTo(copy.stateid());
    long bytes = durable(callback.offloadInfo());
    assertThat(bytes).isBetween(3L * MIB, 12L * MIB);
    assertThat(Arrays.copyOf(lab.destination.content("to"), (int) bytes))
        .isEqualTo(Arrays.copyOf(ThreeParties.random(BYTES), (int) bytes));
    return bytes;
  }

  // C10, I-016, I-030, C-028
  @Test
  void restartOfTheSourceMakesTheCopyShort() {
    Running copy = begin();
    lab.source.restart();
    expectShort(copy);
  }

  // I-030
  @Test
  void silentSourceMakesTheCopyShort() {
    Running copy = begin();
    lab.world.partition("source", "destination");
    long start = lab.world.nanoTime();
    expectShort(copy);
    assertThat(Duration.ofNanos(lab.world.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
    assertThat(lab.destination.server.sourceCount())
        .as("the next copy opens another connection")
        .isZero();
  }

  // X-004, I-030
  @Test
  void cancelAtTheSourceMakesTheCopyShort() {
    Running copy = begin();
    NfsResop4 cancelled =
        lab.atSource.last(
            Ops.putfh(copy.from().open().file()),
            Ops.offloadCancel(copy.from().notifyResult().stateid()));
    assertThat(cancelled.status()).isEqualTo(Nfsstat4.NFS4_OK);
    expectShort(copy);
    lab.expectNothingHeld();
  }

  // D11, I-029
  @Test
  void truncationOfTheSourceMakesTheCopyShort() throws StorageException {
    begin();
    try (OpenFile file = lab.source.open("from", OpenAccess.WRITE)) {
      file.truncate(13 * MIB + 5);
    }
    CbOffload4Args callback = lab.atDestination.callback();
    assertThat(durable(callback.offloadInfo())).isEqualTo(13 * MIB + 5);
    assertThat(lab.destination.content("to"))
        .isEqualTo(Arrays.copyOf(ThreeParties.random(BYTES), 13 * MIB + 5));
    lab.expectNothingHeld();
  }

  // D8, X-012, X-015
  @Test
  void cancelledCopyReleasesItsLink() {
    Running copy = begin();
    NfsResop4 cancelled =
        lab.atDestination.last(Ops.putfh(copy.to().file()), Ops.offloadCancel(copy.stateid()));
    assertThat(cancelled.status()).isEqualTo(Nfsstat4.NFS4_OK);
    byte[] contentAfterCancel = lab.destination.content("to");
    lab.world.run(ONE_SECOND.multipliedBy(3));
    assertThat(lab.destination.content("to"))
        .as("nothing more is written")
        .isEqualTo(contentAfterCancel);
    lab.expectNothingHeld();
    assertThat(lab.atDestination.callbacks).isEmpty();
  }

  // B3, B15, A-008, C-019
  @Test
  void fullDiskMakesTheCopyShortAndTheNextOneReportsTheError() {
    Running copy = begin();
    lab.destination.disk.failAll(Operation.WRITE, Status.NO_SPACE);
    long bytes = expectShort(copy);
    NfsArgop4[] rest =
        copy.from().copy(copy.to(), copy.from().notifyResult().sourceServer(), bytes, 0, false);
    Stateid4 next = stateid(lab.atDestination.last(rest));
    CbOffload4Args callback = lab.atDestination.callback();
    assertThat(callback.stateid()).isEqualTo(next);
    assertThat(callback.offloadInfo())
        .isEqualTo(new OffloadInfo4.Failed(Nfsstat4.NFS4ERR_NOSPC, 0));
    lab.destination.disk.heal();
    lab.expectNothingHeld();
  }

  // I-012, I-013, B15
  @Test
  void failureNamesTheResponsiblePartyByTheStrictRulesOnly() {
    for (CopyRules rules : CopyRules.values()) {
      boolean strict = rules == CopyRules.RFC7862;
      lab = slow(rules);
      lab.put("from", MIB);
      NotifiedFile from = lab.notifyFile("from");
      CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
      Netloc4 unused =
          CopyEndpoint.location(new InetSocketAddress(lab.source.host.address(), 4711));
      Netloc4 forbidden =
          CopyEndpoint.location(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), CopyEndpoint.PORT));
      assertThat(statusOf(from.copy(to, List.of(unused), 0, 0, true)))
          .isEqualTo(strict ? Nfsstat4.NFS4ERR_PARTNER_NOTSUPP : Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
      assertThat(statusOf(from.copy(to, List.of(forbidden), 0, 0, true)))
          .isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
      lab.atSource.run(
          Ops.putfh(from.open().file()), Ops.offloadCancel(from.notifyResult().stateid()));
      assertThat(statusOf(from.copy(to, true)))
          .isEqualTo(strict ? Nfsstat4.NFS4ERR_PARTNER_NO_AUTH : Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
      lab.expectNothingHeld();
    }
  }

  private Nfsstat4 statusOf(NfsArgop4[] copy) {
    return lab.atDestination.last(copy).status();
  }

  // I-026: COPY must not reveal which ports are open in a network that only the destination reaches
  @Test
  void failureTakesTheSameTimeWhateverThePort() throws IOException {
    lab.put("from", MIB);
    NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    SimEnv target = lab.world.host("target");
    lab.world.host("dead").powerOff();
    listen(target, 4001, RecordStream::close);
    listen(target, 4002, stream -> stream.start(new SilentReceiver()));
    var _ =
        RpcServer.listen(
            target, new InetSocketAddress(4003), RpcLimits.DEFAULT, RpcHandler.NO_PROGRAMS);
    Map<String, Long> tenths = new TreeMap<>();
    tenths.put("closed", tenths(from, to, target, 4000));
    tenths.put("closes connections", tenths(from, to, target, 4001));
    tenths.put("sends nothing", tenths(from, to, target, 4002));
    tenths.put("other program", tenths(from, to, target, 4003));
    tenths.put("no host", tenths(from, to, lab.world.host("dead"), 4000));
    assertThat(tenths)
        .isEqualTo(
            Map.of(
                "closed", 30L,
                "closes connections", 30L,
                "sends nothing", 30L,
                "other program", 30L,
                "no host", 30L));
    lab.expectNothingHeld();
  }

  /** Returns the time from COPY to its failure in tenths of a second. */
  private long tenths(NotifiedFile from, CopyClient.Open to, SimEnv host, int port) {
    long start = lab.world.nanoTime();
    Netloc4 there = CopyEndpoint.location(new InetSocketAddress(host.address(), port));
    assertThat(statusOf(from.copy(to, List.of(there), 0, 0, true)))
        .isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    return Math.round((lab.world.nanoTime() - start) / 1e8);
  }

  private static void listen(SimEnv host, int port, Network.Acceptor acceptor) throws IOException {
    var _ =
        host.network().listen(new InetSocketAddress(port), RpcLimits.DEFAULT.stream(), acceptor);
  }

  /** A receiver that reads everything and never answers. */
  private static final class SilentReceiver implements RecordReceiver {
    @Override
    public void received(ReceivedRecord record) {
      record.release();
    }

    @Override
    public void closed(IOException cause) {}
  }

  // I-011: otherwise each copy would wait for the unreachable source first
  @Test
  void sourceWithAnExistingLinkIsTriedFirst() {
    lab.put("from", MIB);
    NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    Netloc4 unused = CopyEndpoint.location(new InetSocketAddress(lab.source.host.address(), 4711));
    List<Netloc4> sources = List.of(unused, lab.source.location());
    assertThat(count(lab.atDestination.last(from.copy(to, sources, 0, 0, true)))).isEqualTo(MIB);
    long start = lab.world.nanoTime();
    assertThat(count(lab.atDestination.last(from.copy(to, sources, 0, 1000, true))))
        .isEqualTo(1000);
    assertThat(Duration.ofNanos(lab.world.nanoTime() - start)).isLessThan(ONE_SECOND);
  }

  // I-026, B50
  @Test
  void onlyAllowedAddressesAreConnectedTo() throws Exception {
    lab.put("from", MIB);
    NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    InetAddress source = lab.source.host.address();
    lab.world.name("mixed", source, InetAddress.ofLiteral("169.254.169.254"));
    lab.world.name("inside", InetAddress.ofLiteral("127.0.0.1"));
    for (Netloc4 denied :
        List.of(
            at("127.0.0.1", 2049),
            at("169.254.169.254", 2049),
            at("224.0.0.1", 2049),
            at("0.0.0.0", 2049),
            at("255.255.255.255", 2049),
            at("10.0.1.1", 2049),
            at("8.8.8.8", 2049),
            at("::1", 2049),
            at("fe80::1", 2049),
            at("fd00:ec2::254", 2049),
            CopyEndpoint.location(new InetSocketAddress(source, 22)),
            CopyEndpoint.location(new InetSocketAddress(source, 0)),
            name("mixed"),
            name("inside"),
            name("nowhere"))) {
      assertThat(statusOf(from.copy(to, List.of(denied), 0, 0, true)))
          .as(denied.toString())
          .isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    }
    assertThat(lab.destination.server.sourceCount()).isZero();
    assertThat(lab.source.server.connectionCount()).as("the client's connection").isEqualTo(1);
    lab.expectNothingHeld();
  }

  private static Netloc4 at(String host, int port) {
    return CopyEndpoint.location(new InetSocketAddress(InetAddress.ofLiteral(host), port));
  }

  private static Netloc4 name(String name) {
    return new Netloc4.Name(Opaque.ofUtf8(name));
  }

  private static Netloc4 url(String url) {
    return new Netloc4.Url(Opaque.ofUtf8(url));
  }

  // I-011, W-011
  @Test
  void announcedSourcesAreTriedInOrderByAddressNameAndUrl() {
    lab.put("from", MIB);
    NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    lab.world.host("dead").powerOff();
    Netloc4 dead =
        CopyEndpoint.location(
            new InetSocketAddress(lab.world.host("dead").address(), CopyEndpoint.PORT));
    Netloc4 unused = CopyEndpoint.location(new InetSocketAddress(lab.source.host.address(), 4711));
    for (List<Netloc4> sources :
        List.of(
            List.of(unused, dead, at("127.0.0.1", 2049), lab.source.location()),
            List.of(name("source")),
            List.of(name("nowhere"), url("nfs://source")),
            List.of(url("nfs://source:2049/any/path")),
            List.of(url("http://source/"), name(lab.source.host.address().getHostAddress())))) {
      assertThat(count(lab.atDestination.last(from.copy(to, sources, 0, 0, true))))
          .as(sources.toString())
          .isEqualTo(MIB);
    }
    assertThat(lab.destination.server.sourceCount()).isEqualTo(1);
    lab.expectNothingHeld();
  }

  // I-027
  @Test
  void sourceAtThisServersAddressIsCopiedLocally() {
    byte[] content = ThreeParties.random(MIB);
    lab.destination.put("from", content);
    CopyClient.Open open = lab.atDestination.open("from", Ops.READ);
    NotifiedFile from =
        new NotifiedFile(open, lab.atDestination.notify(open, lab.destination.location()));
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    assertThat(count(lab.atDestination.last(from.copy(to, true)))).isEqualTo(content.length);
    assertThat(lab.destination.content("to")).isEqualTo(content);
    assertThat(lab.destination.server.sourceCount()).isZero();
    assertThat(lab.destination.server.connectionCount()).isEqualTo(1);
    lab.expectNothingHeld();
  }

  // I-027: it has the name of this server at another address
  @Test
  void sourceThatIdentifiesAsThisServerIsCopiedLocally() {
    byte[] content = ThreeParties.random(2 * MIB);
    lab.destination.put("from", content);
    CopyEndpoint twin =
        new CopyEndpoint(
            lab.world.host("twin"),
            "destination",
            "twin",
            ThreeParties.limits(CopyLimits.defaults()),
            ThreeParties.options());
    CopyClient.Open open = lab.atDestination.open("from", Ops.READ);
    NotifiedFile from =
        new NotifiedFile(open, lab.atDestination.notify(open, lab.destination.location()));
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    assertThat(count(lab.atDestination.last(from.copy(to, List.of(twin.location()), 0, 0, true))))
        .isEqualTo(content.length);
    assertThat(lab.destination.content("to")).isEqualTo(content);
    lab.world.run(ONE_SECOND);
    assertThat(twin.server.clientCount()).as("such a link is not kept").isZero();
    lab.expectNothingHeld();
  }

  // C-045: a dead source does not delay copies from others
  @Test
  void deadSourceDoesNotDelayOtherCopies() {
    Running dead = begin();
    lab.world.partition("source", "destination");
    CopyEndpoint other =
        new CopyEndpoint(
            lab.world.host("other"),
            ThreeParties.limits(CopyLimits.defaults()),
            ThreeParties.options());
    byte[] content = ThreeParties.random(MIB);
    other.put("from", content);
    CopyClient atOther = lab.client(other, 1000);
    CopyClient.Open open = atOther.open("from", Ops.READ);
    NotifiedFile from = new NotifiedFile(open, atOther.notify(open, lab.destination.location()));
    CopyClient.Open to = lab.atDestination.open("other", Ops.BOTH);
    CompletableFuture<Results> answer = lab.atDestination.send(from.copy(to, true));
    lab.world.run(ONE_SECOND.multipliedBy(5));
    assertThat(answer).isDone();
    assertThat(count(answer.join().results().getLast())).isEqualTo(MIB);
    expectShort(dead);
  }

  // I-017, I-020: a source that reports an error of one file remains usable for others
  @Test
  void unreadableFileDoesNotDisturbOtherCopiesFromItsSource() {
    Running copy = begin();
    lab.source.put("broken", new byte[100]);
    lab.source.put("small", ThreeParties.random(100));
    NotifiedFile broken = lab.notifyFile("broken");
    NotifiedFile small = lab.notifyFile("small");
    CopyClient.Open to = lab.atDestination.open("another", Ops.BOTH);
    long before = lab.source.calls(NfsOpnum4.OP_EXCHANGE_ID);
    lab.source.disk.fail(Operation.READ, 1, Status.IO);
    assertThat(statusOf(broken.copy(to, true))).isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    assertThat(count(lab.atDestination.last(small.copy(to, true)))).isEqualTo(100);
    CbOffload4Args callback = lab.atDestination.callback();
    assertThat(callback.stateid()).isEqualTo(copy.stateid());
    assertThat(durable(callback.offloadInfo())).isEqualTo(BYTES);
    assertThat(lab.destination.content("to")).isEqualTo(ThreeParties.random(BYTES));
    assertThat(lab.source.calls(NfsOpnum4.OP_EXCHANGE_ID) - before).as("one link").isZero();
    lab.expectNothingHeld();
  }

  // I-026, Z-004
  @Test
  void deniedSourcesAreLoggedAtALimitedRate() {
    lab.put("from", MIB);
    NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);
    NfsArgop4[] denied = from.copy(to, List.of(at("8.8.8.8", 2049)), 0, 0, true);
    List<String> lines =
        LogCapture.of(
            SourceServers.class,
            () -> {
              for (int i = 0; i < 40; i++) {
                assertThat(statusOf(denied)).isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
              }
            });
    assertThat(lines).hasSize(16);
    assertThat(lines.getFirst())
        .startsWith("copies from 8.8.8.8:2049 are not allowed; asked by uid 1000 ");
    lab.world.run(ONE_SECOND.multipliedBy(10));
    assertThat(LogCapture.of(SourceServers.class, () -> statusOf(denied)))
        .singleElement()
        .asString()
        .endsWith("; so were 24 others since the last message");
  }
}
