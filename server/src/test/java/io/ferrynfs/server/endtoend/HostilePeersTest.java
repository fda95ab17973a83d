package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.env.StreamLimits;
import io.ferrynfs.server.ClientShares;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Readdir4Args;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Peers that send garbage, partial records or nothing: other clients are served, and the server
 * keeps no state.
 */
class HostilePeersTest {
  private static final int NFS_PROGRAM = 100_003;
  private static final int LAST_FRAGMENT = 0x8000_0000;
  private static final int MIB = 1 << 20;
  private static final RpcLimits IMPATIENT =
      RpcLimits.DEFAULT.toBuilder().stream(
              StreamLimits.DEFAULT.toBuilder()
                  .partialRecordTimeMax(Duration.ofMillis(300))
                  .sendStallTimeMax(Duration.ofMillis(700))
                  .build())
          .replyBytesQueuedMax(4 * MIB)
          .build();

  private RealServer real;

  @BeforeEach
  void start() throws IOException {
    real = new RealServer(IMPATIENT, ServerLimits.defaults());
  }

  @AfterEach
  void stop() {
    real.close();
  }

  @Test
  void garbageClosesItsConnectionAndNoOther() throws IOException {
    Random random = new Random(1);
    List<byte[]> garbage = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      byte[] bytes = new byte[1 + random.nextInt(5000)];
      random.nextBytes(bytes);
      garbage.add(bytes);
    }
    garbage.add("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    garbage.add(new byte[] {0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3});
    garbage.add(new byte[100_000]);
    garbage.add(ints(0x7fff_ffff, 1, 0));
    garbage.add(ints(LAST_FRAGMENT, LAST_FRAGMENT | 4, 0));
    garbage.add(ints(LAST_FRAGMENT | 12, 1, 0, 2));
    for (byte[] bytes : garbage) {
      try (RawPeer peer = real.raw()) {
        sendUntilClosed(peer, bytes);
        real.expectAnswer();
        assertThat(peer.isClosedByServer()).as(Arrays.toString(bytes)).isTrue();
      }
    }
    real.expectOnlyWitness();
  }

  /** Sends the bytes; the server may close the connection before the last one. */
  private static void sendUntilClosed(RawPeer peer, byte[] bytes) {
    try {
      peer.send(bytes);
    } catch (IOException closed) {
      assertThat(peer.isClosedByServer()).isTrue();
    }
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return bytes.array();
  }

  @Test
  void invalidRpcCallIsRejectedAndTheConnectionContinues() throws IOException {
    try (RawPeer peer = real.raw()) {
      byte[] nothing = new byte[0];
      peer.send(peer.call(3, NFS_PROGRAM, 4, 1, nothing));
      assertThat(words(peer.record())).containsExactly(1, 1, 1, 0, 2, 2);
      peer.send(peer.call(2, 100_005, 3, 0, nothing));
      assertThat(words(peer.record())).containsExactly(2, 1, 0, 0, 0, 1);
      peer.send(peer.call(2, NFS_PROGRAM, 3, 0, nothing));
      assertThat(words(peer.record())).containsExactly(3, 1, 0, 0, 0, 2, 4, 4);
      peer.send(peer.call(2, NFS_PROGRAM, 4, 9, nothing));
      assertThat(words(peer.record())).containsExactly(4, 1, 0, 0, 0, 3);
      peer.send(peer.call(2, NFS_PROGRAM, 4, 1, new byte[7]));
      assertThat(words(peer.record())).containsExactly(5, 1, 0, 0, 0, 4);
      peer.send(peer.call(2, NFS_PROGRAM, 4, 1, ints(0, 2, -1)));
      assertThat(words(peer.record())).startsWith(6, 1, 0, 0, 0);
      assertThat(peer.mount("valid", 1).inSession(Ops.putrootfh())).hasSize(2);
    }
    real.expectOnlyWitness();
  }

  private static List<Integer> words(byte[] record) {
    List<Integer> words = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.wrap(record);
    while (bytes.remaining() >= Integer.BYTES) {
      words.add(bytes.getInt());
    }
    return words;
  }

  @Test
  void recordThatIsNeverCompletedClosesItsConnectionAfterATimeout() throws IOException {
    try (RawPeer peer = real.raw().mount("half", 1)) {
      byte[] call = peer.sessionCall(0, 2, Ops.putrootfh());
      for (int length = 1; length < call.length; length += 13) {
        try (RawPeer half = real.raw()) {
          half.send(Arrays.copyOf(call, length));
          if (length < 30) {
            assertThat(half.isClosedByServer()).as("%s bytes", length).isTrue();
          }
          real.expectAnswer();
        }
      }
      assertThat(peer.inSession(Ops.putrootfh())).hasSize(2);
    }
    real.expectOnlyWitness();
  }

  @Test
  void connectionClosedWithinARecordExecutesNoneOfItsOperations() throws IOException {
    try (RawPeer peer = real.raw().mount("cut", 1)) {
      NfsArgop4 open = Ops.open("cut", "file", Ops.WRITE, Ops.NONE);
      byte[] call = peer.sessionCall(0, 2, Ops.putrootfh(), open);
      peer.send(Arrays.copyOf(call, call.length - 1));
      peer.finish();
      assertThat(peer.isClosedByServer()).isTrue();
    }
    real.expectOnlyWitness();
    assertThat(real.server().stateidCount()).isZero();
    assertThat(real.witness().listAsync(NfsPath.ROOT).join()).isEmpty();
  }

  @Test
  void clientThatStopsReadingUsesLittleMemoryAndIsDisconnectedWhileOthersAreServed()
      throws IOException {
    try (NfsFile file = real.witness().open(NfsPath.of("/big"), NfsOpenOptions.forNew(0644))) {
      file.write(ByteBuffer.allocate(MIB), 0);
    }
    int slots = 64;
    try (RawPeer peer = real.raw().mount("stops reading", slots)) {
      List<NfsResop4> opened =
          peer.inSession(Ops.putrootfh(), Ops.open("o", "big", Ops.READ, Ops.NONE), Ops.getfh());
      NfsFh4 handle = Ops.filehandle(opened);
      Stateid4 stateid = Ops.stateid(opened);
      long before = RealServer.memoryBytes();
      for (int round = 3; round < 13; round++) {
        for (int slot = 0; slot < slots; slot++) {
          long sequenceid = slot == 0 ? round : round - 2;
          peer.send(peer.sessionCall(slot, sequenceid, Ops.putfh(handle), Ops.read(stateid, MIB)));
        }
      }
      real.expectAnswer();
      // The client asked for 640 MiB.
      assertThat(RealServer.memoryBytes() - before).isLessThan(32L * MIB);
      real.expectOnlyWitness();
    }
    // Its file stays open for its lease and not longer.
    assertThat(real.volume().openFileCount()).isEqualTo(1);
  }

  @Test
  void repliesThatAreNotReadAreNotEncodedInAdvance() throws IOException {
    fill(real, 2000);
    Readdir4Args all =
        new Readdir4Args(0, new Verifier4(Opaque.of(new byte[8])), MIB, MIB, Bitmap4.of(1, 4));
    int slots = 64;
    try (RawPeer peer = real.raw().mount("lists and never reads", slots)) {
      NfsFh4 handle =
          Ops.filehandle(peer.inSession(Ops.putrootfh(), Ops.lookup("many"), Ops.getfh()));
      long before = RealServer.memoryBytes();
      for (int round = 3; round < 43; round++) {
        for (int slot = 0; slot < slots; slot++) {
          long sequenceid = slot == 0 ? round : round - 2;
          peer.send(
              peer.sessionCall(slot, sequenceid, Ops.putfh(handle), new NfsArgop4.Readdir(all)));
        }
      }
      real.expectAnswer();
      // The client asked for more than a GiB of entries; the replies of all slots may be in memory.
      assertThat(RealServer.memoryBytes() - before).isLessThan(48L * MIB);
      real.expectOnlyWitness();
      // Buffers that the pools keep for reuse.
      assertThat(RealServer.memoryBytes() - before).isLessThan(24L * MIB);
    }
  }

  /**
   * Each peer asks for one listing per slot, which no limit of one connection or client prevents.
   */
  @Test
  void peersThatReadNoRepliesAreDisconnectedWhenMemoryIsShort() throws IOException {
    RpcLimits patient = RpcLimits.DEFAULT.toBuilder().replyBytesQueuedMax(64 * MIB).build();
    long unreadBytesMax = 8L * MIB;
    ServerLimits limits = ServerLimits.builder().replyBytesTotalMax(unreadBytesMax).build();
    List<RawPeer> slowPeers = new ArrayList<>();
    try (RealServer small = new RealServer(patient, limits)) {
      NfsPath directory = fill(small, 2000);
      Readdir4Args all =
          new Readdir4Args(0, new Verifier4(Opaque.of(new byte[8])), MIB, MIB, Bitmap4.of(1, 4));
      int slots = 40;
      long before = RealServer.memoryBytes();
      for (int i = 0; i < 4; i++) {
        RawPeer peer = small.raw().mount("reads nothing " + i, slots);
        slowPeers.add(peer);
        NfsFh4 handle =
            Ops.filehandle(peer.inSession(Ops.putrootfh(), Ops.lookup("many"), Ops.getfh()));
        // All in one write, because the server may close the connection at the first replies.
        ByteArrayOutputStream calls = new ByteArrayOutputStream();
        for (int slot = 1; slot < slots; slot++) {
          calls.write(peer.sessionCall(slot, 1, Ops.putfh(handle), new NfsArgop4.Readdir(all)));
        }
        peer.send(calls.toByteArray());
      }
      // Four times 18 MiB, of which the kernel's buffers take a part.
      small.callUntil("some are disconnected", () -> small.server().connectionCount() < 5);
      assertThat(listed(small, directory)).isEqualTo(2000);
      assertThat(RealServer.memoryBytes() - before).isLessThan(unreadBytesMax + 24L * MIB);
    } finally {
      for (RawPeer peer : slowPeers) {
        peer.close();
      }
    }
  }

  private static long listed(RealServer server, NfsPath directory) throws IOException {
    long count = 0;
    try (var entries = server.witness().list(directory)) {
      for (var _ : entries) {
        count++;
      }
    }
    return count;
  }

  private static NfsPath fill(RealServer server, int entries) throws IOException {
    NfsPath directory = NfsPath.of("/many");
    server.witness().mkdir(directory, 0755);
    CompletableFuture.allOf(
            IntStream.range(0, entries)
                .mapToObj(i -> directory.resolve("n".repeat(200) + i))
                .map(path -> server.witness().mkdirAsync(path, 0755))
                .toArray(CompletableFuture<?>[]::new))
        .join();
    return directory;
  }

  @Test
  void thousandIdleConnectionsUseLittleMemoryAndLeaveNoState() throws IOException {
    int count = 1000;
    long before = RealServer.memoryBytes();
    List<RawPeer> peers = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        RawPeer peer = real.raw();
        peers.add(peer);
        peer.send(peer.call(2, NFS_PROGRAM, 4, 0, new byte[0]));
      }
      for (RawPeer peer : peers) {
        assertThat(words(peer.record())).containsExactly(1, 1, 0, 0, 0, 0);
      }
      assertThat(real.server().connectionCount()).isEqualTo(count + 1);
      // A buffer for each connection would take at least 32 MiB.
      assertThat(RealServer.memoryBytes() - before).isLessThan(24L * MIB);
      real.expectAnswer();
    } finally {
      for (RawPeer peer : peers) {
        peer.close();
      }
    }
    real.expectOnlyWitness();
    assertThat(RealServer.memoryBytes() - before).isLessThan(8L * MIB);
  }

  @Test
  void connectionBeyondTheLimitOfItsAddressIsClosedAndOthersContinue() throws IOException {
    ClientShares shares = ClientShares.builder().connectionsPerAddressMax(2).build();
    expectTwoConnectionsAtMost(ServerLimits.builder().shares(shares).build());
  }

  @Test
  void connectionBeyondTheLimitIsClosedAndOthersContinue() throws IOException {
    expectTwoConnectionsAtMost(ServerLimits.builder().connectionsMax(2).build());
  }

  private static void expectTwoConnectionsAtMost(ServerLimits limits) throws IOException {
    try (RealServer small = new RealServer(IMPATIENT, limits);
        RawPeer second = small.raw()) {
      second.send(second.call(2, NFS_PROGRAM, 4, 0, new byte[0]));
      assertThat(words(second.record())).hasSize(6);
      try (RawPeer third = small.raw()) {
        assertThat(third.isClosedByServer()).isTrue();
      }
      small.expectAnswer();
      second.send(second.call(2, NFS_PROGRAM, 4, 0, new byte[0]));
      assertThat(words(second.record())).hasSize(6);
    }
  }
}
