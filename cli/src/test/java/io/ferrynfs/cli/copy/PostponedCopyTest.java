package io.ferrynfs.cli.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.Places;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostponedCopyTest {
  private static final CopySettings SETTINGS =
      new CopySettings(true, true, false, false, false, 2, Duration.ZERO);

  /** A volume on which opens are delayed until a copy has postponed a file. */
  private static Volume busyUntilPostponed(AtomicReference<TreeCopy> copy) {
    Volume volume = MemoryVolume.builder("busy", () -> Instant.EPOCH).build();
    return (Volume)
        Proxy.newProxyInstance(
            Volume.class.getClassLoader(),
            new Class<?>[] {Volume.class},
            (_, method, arguments) -> {
              boolean opens = method.getName().equals("open") || method.getName().equals("create");
              TreeCopy running = copy.get();
              if (opens && running != null && !running.isRetry()) {
                throw new StorageException(Status.TRY_LATER);
              }
              if (opens) {
                copy.set(null);
              }
              try {
                return method.invoke(volume, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void fileThatFailedOnAnUnreachableServerIsRetriedAtTheEnd(@TempDir Path folder)
      throws IOException {
    Files.createDirectory(folder.resolve("tree"));
    Files.writeString(folder.resolve("tree/file"), "text");
    AtomicReference<TreeCopy> busy = new AtomicReference<>();
    try (SystemEnv env = new SystemEnv();
        NfsServer server =
            NfsServer.builder(env)
                .listen(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
                .export("/", busyUntilPostponed(busy))
                .start();
        Places places = new Places(NfsClient.builder().progressTimeout(Duration.ofSeconds(1)))) {
      CopyReport report = new CopyReport();
      TreeCopy copy = new TreeCopy(SETTINGS, report);
      busy.set(copy);
      Place target = places.of("nfs://127.0.0.1:" + server.localAddress().getPort() + "/tree");
      copy.copy(places.of(folder.resolve("tree").toString()), target);
      assertThat(report.failures()).isEmpty();
      assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(report.files()).isEqualTo(1);
      assertThat(busy.get()).as("it was busy until then").isNull();
    }
  }
}
