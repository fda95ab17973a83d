package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CopyStatus;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The copy engine on real threads: completion, cancellation by the user and by the administrator,
 * the end of the client, and their callbacks race with each other.
 */
class CopyRacesTest {
  private static final int CLIENTS = 3;
  private static final int ROUNDS = 12;
  private static final int COPIES = 6;
  private static final int SIZE = 3 << 20;

  private final byte[] content = World.random(SIZE);
  private final RealServer real;

  CopyRacesTest() throws IOException {
    CopyLimits copies =
        CopyLimits.builder()
            .chunkBytesMin(64 << 10)
            .answeredAtOnceBytesMax(0)
            .jobsMax(12)
            .jobsPerClientMax(5)
            .build();
    real =
        new RealServer(
            RpcLimits.DEFAULT,
            ServerLimits.builder().copies(copies).build(),
            MemoryVolume.builder("races", InstantSource.system()).without(Feature.CLONE).build());
  }

  @AfterEach
  void close() {
    real.close();
  }

  // B8, B16, B19, X-012, X-013
  @Test
  void racingCopiesLeaveNoStateAndCompletedCopiesAreEqual() throws Exception {
    NfsClient witness = real.witness();
    try (OutputStream out =
        witness.newOutputStream(NfsPath.of("/source"), NfsOpenOptions.forReplacing(0644))) {
      out.write(content);
    }
    List<Throwable> failures = new ArrayList<>();
    AtomicInteger running = new AtomicInteger(CLIENTS);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int clientNumber = i;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  work(clientNumber);
                } catch (Throwable e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                } finally {
                  running.decrementAndGet();
                }
              }));
    }
    administer(running);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    real.callUntil("all copies have ended", () -> real.server().hasNoCopies());
    real.callUntil("no stateid is left", () -> real.server().stateidCount() == 0);
    real.callUntil("no file is open", () -> real.volume().openFileCount() == 0);
  }

  /** Cancels random copies of all clients. */
  private void administer(AtomicInteger running) throws NfsException {
    SplittableRandom random = new SplittableRandom(99);
    while (running.get() > 0) {
      real.expectAnswer();
      for (CopyStatus copy : real.server().copies().copies()) {
        assertThat(copy.copiedBytes()).isBetween(0L, copy.totalBytes());
        if (random.nextInt(20) == 0) {
          var _ = real.server().copies().cancel(copy.id());
        }
      }
    }
  }

  private void work(int clientNumber) throws IOException {
    SplittableRandom random = new SplittableRandom(clientNumber);
    for (int round = 0; round < ROUNDS; round++) {
      try (SystemEnv threads = new SystemEnv();
          NfsClient client = real.connect(threads)) {
        List<CopyHandle> handles = new ArrayList<>();
        for (int i = 0; i < COPIES; i++) {
          handles.add(
              client.startCopy(
                  NfsPath.of("/source"),
                  client,
                  NfsPath.of("/target" + clientNumber + "." + i),
                  NfsCopyOptions.defaults()));
        }
        if (round % 4 == 3) {
          // The client closes while its copies run.
          continue;
        }
        for (int i = 0; i < COPIES; i++) {
          if (random.nextInt(3) == 0) {
            handles.get(random.nextInt(COPIES)).cancel();
          }
          check(client, handles.get(i), "/target" + clientNumber + "." + i);
        }
      }
    }
  }

  private void check(NfsClient client, CopyHandle handle, String target) throws IOException {
    try {
      CopyResult result = handle.completion().join();
      assertThat(result.bytes()).isEqualTo(SIZE);
      try (InputStream in = client.newInputStream(NfsPath.of(target))) {
        assertThat(in.readAllBytes()).isEqualTo(content);
      }
    } catch (CompletionException failed) {
      assertThat(failed.getCause())
          .isInstanceOfSatisfying(
              NfsException.class,
              failure -> assertThat(failure.reason()).isEqualTo(NfsException.Reason.CANCELLED));
    }
  }
}
