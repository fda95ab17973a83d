package io.ferrynfs.storage.linux.handle;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.NameCalls;
import io.ferrynfs.storage.linux.call.OpenCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lookups in directories that change concurrently. */
class NodeTest {
  private static final byte[] NAME = "n".getBytes(StandardCharsets.US_ASCII);
  private static final int LOOKUPS = 100_000;

  @TempDir private Path top;

  /**
   * EXDEV must mean a mount point only; with RESOLVE_BENEATH the kernel would return it here as
   * well.
   */
  @Test
  void anEntryDuringARenameIsFoundOrNotFound() throws Exception {
    Path here = Files.createDirectory(top.resolve("here"));
    Path there = Files.createDirectory(top.resolve("there"));
    Files.createFile(here.resolve("n"));
    int hereFd = open(here);
    int thereFd = open(there);
    AtomicBoolean ended = new AtomicBoolean();
    Thread mover =
        Thread.ofPlatform()
            .start(() -> {
              while (!ended.get()) {
                assertThat(NameCalls.renameat2(hereFd, NAME, thereFd, NAME, 0)).isZero();
                assertThat(NameCalls.renameat2(thereFd, NAME, hereFd, NAME, 0)).isZero();
              }
            });
    TreeMap<Integer, Integer> results = new TreeMap<>();
    try {
      for (int i = 0; i < LOOKUPS; i++) {
        int found = Node.openEntry(hereFd, NAME);
        if (found >= 0) {
          OpenCalls.close(found);
        }
        results.merge(Math.min(found, 0), 1, Integer::sum);
      }
    } finally {
      ended.set(true);
      mover.join();
      OpenCalls.close(hereFd);
      OpenCalls.close(thereFd);
    }
    assertThat(results).containsOnlyKeys(-Errno.ENOENT, 0);
  }

  private static int open(Path directory) throws Exception {
    byte[] path = directory.toString().getBytes(StandardCharsets.UTF_8);
    return ErrnoStatus.check(OpenCalls.openat(Flags.AT_FDCWD, path, Flags.O_PATH, 0));
  }
}
