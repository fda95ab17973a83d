package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Write4Args;
import io.ferrynfs.wire.xdr.BufferPayload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients that are killed while they write: the server releases their state, and durable data
 * remains.
 */
class DyingClientsTest {
  private static final NfsPath FILE = NfsPath.of("/file");
  private static final int BYTES = 300_000;

  private RealServer real;

  @BeforeEach
  void start() throws IOException {
    ServerLimits limits =
        ServerLimits.builder().leaseSeconds(1).courtesy(CourtesyLimits.none()).build();
    real = new RealServer(RpcLimits.DEFAULT, limits);
  }

  @AfterEach
  void stop() {
    real.close();
  }

  @Test
  void connectionBrokenInsideAWriteKeepsTheStableData() throws IOException {
    byte[] stable = random(BYTES);
    try (RawPeer peer = real.raw().mount("dies", 4)) {
      List<NfsResop4> opened =
          peer.inSession(Ops.putrootfh(), Ops.open("o", "file", Ops.WRITE, Ops.NONE), Ops.getfh());
      NfsFh4 handle = Ops.filehandle(opened);
      Stateid4 stateid = Ops.stateid(opened);
      peer.inSession(Ops.putfh(handle), write(stateid, 0, stable));
      byte[] half = peer.sessionCall(1, 1, Ops.putfh(handle), write(stateid, 0, random(BYTES)));
      peer.send(Arrays.copyOf(half, half.length / 2));
      assertThat(held()).isEqualTo(new Held(2, 2, 2, 1, 1));
    }
    expectOnlyTheWitnessHolds();
    assertThat(content()).isEqualTo(stable);
  }

  private static NfsArgop4 write(Stateid4 stateid, long offset, byte[] data) {
    return new NfsArgop4.Write(
        new Write4Args(
            stateid, offset, StableHow4.FILE_SYNC4, new BufferPayload(ByteBuffer.wrap(data))));
  }

  @Test
  void clientKilledBetweenItsWritesKeepsTheCommittedData() throws IOException {
    byte[] committed = random(BYTES);
    try (SystemEnv killed = new SystemEnv()) {
      NfsClient client = real.connect(killed);
      NfsFile file = client.open(FILE, NfsOpenOptions.forNew(0644));
      file.write(ByteBuffer.wrap(committed), 0);
      file.sync();
      // Some of these writes arrive before the process ends; none touches the committed range.
      for (int i = 1; i < 20; i++) {
        var _ = file.writeAsync(ByteBuffer.wrap(random(BYTES)), (long) i * BYTES);
      }
      assertThat(real.server().clientCount()).isEqualTo(2);
    }
    expectOnlyTheWitnessHolds();
    assertThat(Arrays.copyOf(content(), BYTES)).isEqualTo(committed);
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private byte[] content() throws IOException {
    try (var in = real.witness().newInputStream(FILE)) {
      return in.readAllBytes();
    }
  }

  private void expectOnlyTheWitnessHolds() throws IOException {
    Held only = new Held(1, 1, 1, 0, 0);
    real.callUntil("the lease ends", () -> held().equals(only));
  }

  private Held held() {
    return new Held(
        real.server().connectionCount(),
        real.server().clientCount(),
        real.server().sessionCount(),
        real.server().stateidCount(),
        real.volume().openFileCount());
  }

  /** The resources that the server holds for clients. */
  private record Held(int connections, int clients, int sessions, int stateids, int openFiles) {}
}
