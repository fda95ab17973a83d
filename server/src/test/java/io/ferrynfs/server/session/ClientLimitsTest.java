package io.ferrynfs.server.session;

import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.server.testing.RawClient.channel;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ClientShares;
import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Sequence4Res;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * A client or an address that reaches a limit receives the error of that limit; other clients are
 * not affected.
 */
class ClientLimitsTest {
  private static final ChannelAttrs4 FORE = channel(1 << 16, 2048, 16, 8);

  private TestServer server = TestServer.start();

  private void start(UnaryOperator<ServerLimits> change) {
    server = TestServer.start(change.apply(ServerLimits.defaults()));
  }

  private void startWithShares(UnaryOperator<ClientShares> change) {
    start(limits -> limits.toBuilder().shares(change.apply(limits.shares())).build());
  }

  private static Compound4Res reply(NfsResop4... results) {
    return new Compound4Res(
        results[results.length - 1].status(), Opaque.ofUtf8("tag"), List.of(results));
  }

  private static Compound4Res createSessionFailed(Nfsstat4 status) {
    return reply(new NfsResop4.CreateSession(new CreateSession4Res.Failed(status)));
  }

  /** Expects that a client can open and read a file. */
  private static void expectServed(RawClient client) {
    assertThat(client.call(putrootfh(), Ops.open("o", "f", READ, NONE)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.call(putrootfh(), Ops.lookup("f"), Ops.read(Stateids.ANONYMOUS, 1)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  private TestConnection from(String host) {
    return server.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 2049),
        new InetSocketAddress(InetAddress.ofLiteral(host), 700));
  }

  @Test
  void clientsMax() {
    start(limits -> limits.toBuilder().clientsMax(2).build());
    RawClient one = server.client("one").mount();
    server.client("two").mount();
    RawClient three = server.client("three");
    assertThat(three.compound(three.exchangeIdArgs(0)))
        .isEqualTo(
            reply(new NfsResop4.ExchangeId(new ExchangeId4Res.Failed(Nfsstat4.NFS4ERR_DELAY))));
    expectServed(one);
  }

  @Test
  void unconfirmedClientsMax() {
    start(limits -> limits.toBuilder().unconfirmedClientsMax(3).build());
    RawClient one = server.client("one").mount();
    for (int i = 0; i < 1000; i++) {
      assertThat(server.client("flood " + i).tryExchangeId(0)).isEqualTo(Nfsstat4.NFS4_OK);
    }
    assertThat(server.services().clients().clientCount()).isEqualTo(4);
    RawClient newcomer = server.client("newcomer");
    long sequence = newcomer.exchangeId().sequenceid();
    server.client("flood again").exchangeId();
    newcomer.createSession(sequence, FORE);
    expectServed(one);
  }

  @Test
  void clientsPerAddressMax() {
    startWithShares(shares -> shares.toBuilder().clientsPerAddressMax(2).build());
    for (String owner : List.of("one", "two")) {
      server.client(owner).onConnection(from("192.0.2.1")).mount();
    }
    RawClient three = server.client("three").onConnection(from("192.0.2.1"));
    long sequence = three.exchangeId().sequenceid();
    assertThat(three.compound(three.createSessionArgs(sequence, FORE)))
        .isEqualTo(createSessionFailed(Nfsstat4.NFS4ERR_NOSPC));
    RawClient restarted = server.client("two").onConnection(from("192.0.2.1")).restart();
    assertThat(restarted.mount().call().status()).isEqualTo(Nfsstat4.NFS4_OK);
    expectServed(server.client("three").onConnection(from("192.0.2.2")).restart().mount());
  }

  @Test
  void sessionsPerClientMax() {
    start(limits -> limits.toBuilder().sessionsPerClientMax(1).build());
    RawClient one = server.client("one").mount();
    assertThat(one.compound(one.createSessionArgs(2, FORE)))
        .isEqualTo(createSessionFailed(Nfsstat4.NFS4ERR_NOSPC));
    expectServed(one);
    expectServed(server.client("two").mount());
  }

  @Test
  void slotsPerSessionMax() {
    RawClient one = server.client("one").mount(channel(1 << 16, 0, 8, 100_000));
    long granted = one.session().foreChanAttrs().maxrequests();
    assertThat(granted).isEqualTo(ServerLimits.defaults().slotsPerSessionMax());
    assertThat(one.compound(one.sequence(granted, 1, false)))
        .isEqualTo(
            reply(new NfsResop4.Sequence(new Sequence4Res.Failed(Nfsstat4.NFS4ERR_BADSLOT))));
    expectServed(one);
  }

  @Test
  void connectionsPerSessionMax() {
    RawClient one = server.client("one").mount();
    RawClient two = server.client("two").mount();
    int most = ServerLimits.defaults().connectionsPerSessionMax();
    TestConnection first = one.connection();
    for (int i = 0; i < most; i++) {
      one.onConnection(server.connect()).call();
    }
    // The first connection stays bound for callbacks, but the session's list does not grow.
    assertThat(server.services().clients().sizes().connections()).isEqualTo(most + 2);
    assertThat(one.onConnection(first).call().status()).isEqualTo(Nfsstat4.NFS4_OK);
    expectServed(two);
  }

  @Test
  void operationsPerCompoundMax() {
    RawClient one = server.client("one").mount();
    int many = 10_000;
    CallReply answer =
        one.connection()
            .send(
                RawClient.user(0),
                1,
                out -> {
                  out.writeOpaque(Opaque.ofUtf8("tag"), 100);
                  out.writeUint32(2);
                  out.writeInt(many);
                  one.sequence(0, 2, false).encode(out);
                  for (int i = 1; i < many; i++) {
                    putrootfh().encode(out);
                  }
                });
    assertThat(RawClient.decode(answer))
        .isEqualTo(
            reply(new NfsResop4.Sequence(new Sequence4Res.Failed(Nfsstat4.NFS4ERR_TOO_MANY_OPS))));
    assertThat(one.call().status()).as("the slot is unchanged").isEqualTo(Nfsstat4.NFS4_OK);
    expectServed(server.client("two").mount());
  }

  @Test
  void cachedReplyBytesPerClientMax() {
    startWithShares(shares -> shares.toBuilder().cachedReplyBytesPerClientMax(10_000).build());
    RawClient greedy = server.client("greedy").mount(channel(1 << 16, 2048, 8, 3));
    assertThat(greedy.createSession(2, channel(1 << 16, 2048, 8, 64)).foreChanAttrs().maxrequests())
        .as("10000 bytes less 3 slots of 2048 + 128")
        .isEqualTo(1);
    assertThat(greedy.compound(greedy.createSessionArgs(3, channel(1 << 16, 2048, 8, 1))))
        .isEqualTo(createSessionFailed(Nfsstat4.NFS4ERR_NOSPC));
    RawClient other = server.client("other").mount(channel(1 << 16, 2048, 8, 4));
    assertThat(other.session().foreChanAttrs().maxrequests()).isEqualTo(4);
    expectServed(other);
  }

  @Test
  void stateidsPerClientMax() {
    start(limits -> limits.toBuilder().stateidsPerClientMax(2).build());
    RawClient greedy = server.client("greedy").mount();
    greedy.call(putrootfh(), Ops.open("o", "1", READ, NONE));
    greedy.call(putrootfh(), Ops.open("o", "2", READ, NONE));
    List<NfsResop4> results = greedy.call(putrootfh(), Ops.open("o", "3", READ, NONE)).resarray();
    assertThat(results.getLast())
        .isEqualTo(new NfsResop4.Open(new Open4Res.Failed(Nfsstat4.NFS4ERR_NOSPC)));
    expectServed(server.client("other").mount());
  }

  @Test
  void stateidsTotalMax() {
    start(limits ->
        limits.toBuilder().stateidsTotalMax(200).delegations(DelegationLimits.none()).build());
    List<Integer> held = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      RawClient greedy = server.client("greedy " + i).mount();
      int opens = 0;
      while (greedy.call(putrootfh(), Ops.open("o" + opens, "f", READ, NONE)).status()
          == Nfsstat4.NFS4_OK) {
        opens++;
      }
      held.add(opens);
    }
    // Each client is limited to a quarter of what is left, which is never zero.
    assertThat(held).containsExactly(40, 32, 25, 20, 16);
    expectServed(server.client("other").mount());
  }

  private List<Nfsstat4> postReads(RawClient greedy, int slots) {
    expectServed(greedy);
    RawClient modest = server.client("modest").mount();
    server.env().hold("bulk");
    List<CallReply> answers = new ArrayList<>();
    for (int slot = 1; slot <= slots; slot++) {
      answers.add(
          greedy.post(
              RawClient.in(
                  greedy.sequence(slot, 1, false),
                  putrootfh(),
                  Ops.lookup("f"),
                  Ops.read(Stateids.ANONYMOUS, 1))));
    }
    CallReply other =
        modest.postCall(putrootfh(), Ops.lookup("f"), Ops.read(Stateids.ANONYMOUS, 1));
    server.env().runNext("bulk");
    server.env().runNext("bulk");
    assertThat(RawClient.decode(other).status())
        .as("after one request of the other client")
        .isEqualTo(Nfsstat4.NFS4_OK);
    server.env().release("bulk");
    return answers.stream().map(answer -> RawClient.decode(answer).status()).toList();
  }

  @Test
  void bulkQueuedPerClientMax() {
    startWithShares(shares ->
        shares.toBuilder().bulkQueuedPerClientMax(2).bulkBytesPerClientMax(1 << 20).build());
    RawClient greedy = server.client("greedy").mount(channel(1 << 16, 512, 8, 8));
    assertThat(postReads(greedy, 4))
        .containsExactly(
            Nfsstat4.NFS4_OK, Nfsstat4.NFS4_OK, Nfsstat4.NFS4ERR_DELAY, Nfsstat4.NFS4ERR_DELAY);
    expectServed(greedy);
  }

  @Test
  void bulkBytesPerClientMax() {
    startWithShares(shares ->
        shares.toBuilder().bulkQueuedPerClientMax(100).bulkBytesPerClientMax(300).build());
    RawClient greedy = server.client("greedy").mount(channel(1 << 16, 512, 8, 8));
    List<Nfsstat4> statuses = postReads(greedy, 4);
    assertThat(statuses.getFirst()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(statuses.getLast()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    expectServed(greedy);
  }

  @Test
  void bulkQueueMax() {
    RawClient one = server.client("one").mount();
    expectServed(one);
    server.env().setPoolsFull(true);
    Compound4Res res = one.call(putrootfh(), Ops.lookup("f"), Ops.read(Stateids.ANONYMOUS, 1));
    assertThat(res.resarray().getLast())
        .isEqualTo(new NfsResop4.Read(new Read4Res.Failed(Nfsstat4.NFS4ERR_DELAY)));
    assertThat(one.call(putrootfh(), Ops.getfh()).status())
        .as("an operation on the connection's thread")
        .isEqualTo(Nfsstat4.NFS4_OK);
    server.env().setPoolsFull(false);
    expectServed(one);
  }
}
