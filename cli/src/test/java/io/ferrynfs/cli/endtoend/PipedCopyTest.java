package io.ferrynfs.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.storage.linux.LinuxVolume;
import io.ferrynfs.storage.linux.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers of directories with TCP connections. The copy moves data by splice(2). */
class PipedCopyTest {
  private static final int BYTES = (8 << 20) + 12_345;

  // RFC 7862 section 15.2.3: the copy equals the source, whether by pipes or by memory
  @Test
  void serverToServerCopyUsesPipesAndIsEqual(@TempDir Path folder) throws Exception {
    Path a = Files.createDirectory(folder.resolve("a"));
    Path b = Files.createDirectory(folder.resolve("b"));
    byte[] content = new byte[BYTES];
    new Random(5).nextBytes(content);
    Files.write(a.resolve("file"), content);
    long before = pipes();
    try (SystemEnv env = new SystemEnv();
        LinuxVolume from = LinuxVolume.open(a, Options.of(folder.resolve("a.state")));
        LinuxVolume to = LinuxVolume.open(b, Options.of(folder.resolve("b.state")));
        NfsServer source = serve(env, from);
        NfsServer destination = serve(env, to);
        NfsClient reader = connect(source);
        NfsClient writer = connect(destination)) {
      CopyResult result =
          reader.copy(NfsPath.of("/file"), writer, NfsPath.of("/file"), NfsCopyOptions.defaults());
      assertThat(result.serverToServer()).as(result.reason()).isTrue();
      assertThat(result.bytes()).isEqualTo(BYTES);
      assertThat(destination.bytesPiped()).isPositive();
    }
    assertThat(Files.readAllBytes(b.resolve("file"))).isEqualTo(content);
    assertThat(pipes()).as("pipes that are left open").isEqualTo(before);
  }

  private static NfsServer serve(SystemEnv env, LinuxVolume volume) throws IOException {
    return NfsServer.builder(env)
        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .export("/", volume)
        .start();
  }

  private static NfsClient connect(NfsServer server) throws Exception {
    return NfsClient.connect("127.0.0.1", server.localAddress().getPort());
  }

  private static long pipes() throws Exception {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(PipedCopyTest::isPipe).count();
    }
  }

  private static boolean isPipe(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
    } catch (IOException gone) {
      return false;
    }
  }
}
