package io.ferrynfs.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.storage.linux.LinuxVolume;
import io.ferrynfs.storage.linux.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that dies during its writes to a served directory. */
class KilledClientTest {
  private static final int BYTES = 300_000;
  private static final NfsPath FILE = NfsPath.of("/file");

  @TempDir Path folder;

  @Test
  void killedClientKeepsCommittedDataAndItsOpensEndWithTheLease() throws Exception {
    Path served = Files.createDirectory(folder.resolve("served"));
    byte[] committed = new byte[BYTES];
    new Random(1).nextBytes(committed);
    try (SystemEnv env = new SystemEnv();
        LinuxVolume volume = LinuxVolume.open(served, Options.of(folder.resolve("state")));
        NfsServer server =
            NfsServer.builder(env)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .limits(
                    ServerLimits.builder().leaseSeconds(1).courtesy(CourtesyLimits.none()).build())
                .export("/", volume)
                .start();
        NfsClient witness = connect(server, env)) {
      writeAndDie(server, committed);
      long began = env.ticker().nanoTime();
      while (server.clientCount() > 1
          || server.sessionCount() > 1
          || server.stateidCount() > 0
          || descriptorsOf(served.resolve("file")) > 0) {
        assertThat(Duration.ofNanos(env.ticker().nanoTime() - began))
            .isLessThan(Duration.ofSeconds(20));
        assertThat(witness.attributes(FILE).isRegular()).isTrue();
      }
      byte[] found = Files.readAllBytes(served.resolve("file"));
      assertThat(Arrays.copyOf(found, BYTES)).isEqualTo(committed);
    }
  }

  private static NfsClient connect(NfsServer server, SystemEnv env) throws IOException {
    InetSocketAddress at = server.localAddress();
    return NfsClient.builder().env(env).connect(at.getHostString(), at.getPort());
  }

  /** Ends the client's threads and connections without a message to the server. */
  private static void writeAndDie(NfsServer server, byte[] committed) throws IOException {
    try (SystemEnv doomed = new SystemEnv()) {
      NfsFile file = connect(server, doomed).open(FILE, NfsOpenOptions.forNew(0644));
      file.write(ByteBuffer.wrap(committed), 0);
      file.sync();
      for (int i = 1; i < 20; i++) {
        var _ = file.writeAsync(ByteBuffer.wrap(committed), (long) i * BYTES);
      }
      assertThat(server.clientCount()).isEqualTo(2);
    }
  }

  private static long descriptorsOf(Path file) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(descriptor -> isFor(descriptor, file)).count();
    }
  }

  private static boolean isFor(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }
}
