package io.ferrynfs.server.session;

import static io.ferrynfs.server.testing.RawClient.channel;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ClientShares;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.testing.LogCapture;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The sessions that very many clients get while they share the reply cache (RFC 8881 section
 * 18.36.3).
 */
class ManyClientsTest {
  /** The attributes that Linux requests. */
  private static final ChannelAttrs4 LINUX = channel(1 << 20, 7584, 8, 64);

  private static final ChannelAttrs4 FULL = channel(1 << 20, 4096, 8, 64);
  private static final ChannelAttrs4 MINIMUM = channel(1 << 20, 2048, 8, 1);

  private TestServer server = TestServer.start();

  private TestConnection from(String host) {
    return server.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 2049),
        new InetSocketAddress(InetAddress.ofLiteral(host), 700));
  }

  private RawClient client(String name, String host) {
    return server.client(name).onConnection(from(host));
  }

  private ChannelAttrs4 mounts(String name, String host) {
    return client(name, host).mount(LINUX).session().foreChanAttrs();
  }

  @Test
  void maximumNumberOfClientsGetSessionsAndTheFirstOnesAllSlots() {
    List<ChannelAttrs4> granted = new ArrayList<>();
    for (int i = 0; i < ServerLimits.defaults().clientsMax(); i++) {
      granted.add(mounts("client " + i, "192.0.2." + i % 100));
    }
    assertThat(granted.subList(0, 100)).as("an ordinary number of clients").containsOnly(FULL);
    assertThat(granted.getLast()).isEqualTo(MINIMUM);
    for (int i = 1; i < granted.size(); i++) {
      assertThat(granted.get(i).maxrequests())
          .isLessThanOrEqualTo(granted.get(i - 1).maxrequests());
    }
  }

  @Test
  void clientsOfOneAddressShareItsPartAndOthersAreUnaffected() {
    List<ChannelAttrs4> granted = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      granted.add(mounts("client " + i, "192.0.2.1"));
    }
    assertThat(granted.getFirst()).isEqualTo(FULL);
    assertThat(granted.getLast()).isEqualTo(MINIMUM);
    assertThat(mounts("another", "192.0.2.2")).isEqualTo(FULL);
  }

  // REBT4c of pynfs: a thousand clients of one program, each of which creates a second session
  @Test
  void eachOfManyClientsOfOneAddressMayHaveASecondSessionButNoThird() {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      clients.add(client("client " + i, "192.0.2.1").mount(LINUX));
    }
    for (RawClient client : clients) {
      assertThat(client.compound(client.createSessionArgs(2, LINUX)).status())
          .isEqualTo(Nfsstat4.NFS4_OK);
    }
    RawClient greedy = clients.getFirst();
    assertThat(greedy.compound(greedy.createSessionArgs(3, LINUX)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(mounts("another", "192.0.2.2").maxrequests()).isEqualTo(FULL.maxrequests());
  }

  @Test
  void furtherSessionsLeaveTheReserveForTheFirstSessionOfEachClient() {
    server = TestServer.start(ServerLimits.builder().cachedReplyBytesTotalMax(12_000).build());
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(client("client " + i, "192.0.2." + i).mount(LINUX));
    }
    RawClient greedy = clients.getFirst();
    assertThat(greedy.compound(greedy.createSessionArgs(2, LINUX)).status())
        .as("4 times 2048 + 128 of 9000 bytes are used")
        .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(mounts("another", "192.0.2.9")).isEqualTo(MINIMUM);
  }

  @Test
  void shortageIsLoggedOnceWithTheLargestClientAndAdvice() {
    server = TestServer.start(ServerLimits.builder().cachedReplyBytesTotalMax(5000).build());
    client("alpha", "192.0.2.1").mount(channel(1 << 20, 4096, 8, 1));
    client("beta", "2001:db8::1").mount(channel(1 << 20, 2048, 8, 1));
    RawClient latecomer = client("latecomer", "192.0.2.3");
    long sequence = latecomer.exchangeId().sequenceid();
    List<String> log =
        LogCapture.of(
            ReplyCacheShortage.class,
            () -> {
              for (int i = 0; i < 3; i++) {
                assertThat(
                        latecomer
                            .compound(latecomer.createSessionArgs(sequence + i, LINUX))
                            .status())
                    .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
              }
            });
    assertThat(log)
        .containsExactly(
            "memory for cached replies runs short: client latecomer at 192.0.2.3 gets no session;"
                + " client alpha at 192.0.2.1 has the most, 2 KiB, and all clients at that"
                + " address have 2 KiB. `ferry clients` lists them, --expire ends one; on Linux,"
                + " nfs.max_session_slots makes each need less; not repeated within 10 minutes");
  }

  @Test
  void addressAtItsLimitOfClientsIsLogged() {
    ServerLimits limits = ServerLimits.defaults();
    server =
        TestServer.start(
            limits.toBuilder()
                .shares(ClientShares.builder().clientsPerAddressMax(1).build())
                .build());
    client("alpha", "192.0.2.1").mount(LINUX);
    RawClient latecomer = client("latecomer", "192.0.2.1");
    long sequence = latecomer.exchangeId().sequenceid();
    List<String> log =
        LogCapture.of(
            ReplyCacheShortage.class,
            () ->
                assertThat(
                        latecomer.compound(latecomer.createSessionArgs(sequence, LINUX)).status())
                    .isEqualTo(Nfsstat4.NFS4ERR_NOSPC));
    assertThat(log)
        .containsExactly(
            "client latecomer is refused: its address, 192.0.2.1, has 1 clients, which is the"
                + " limit; `ferry clients` lists them, --expire ends one; not repeated"
                + " within 10 minutes");
  }
}
