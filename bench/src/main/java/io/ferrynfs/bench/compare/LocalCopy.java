package io.ferrynfs.bench.compare;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Copies of a file within a local file system. */
final class LocalCopy {
  private LocalCopy() {}

  /**
   * Copies with {@code FileChannel.transferTo} and syncs, like a server's copy. Returns the rate in
   * bytes per second.
   */
  static Contender transferTo(Path from, Path to) {
    return () -> {
      Files.deleteIfExists(to);
      long start = System.nanoTime();
      long size;
      try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
          FileChannel out =
              FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        size = in.size();
        for (long at = 0; at < size; ) {
          at += in.transferTo(at, size - at, out);
        }
        out.force(true);
      }
      double rate = size * 1e9 / (System.nanoTime() - start);
      checkSize(to, size);
      return rate;
    };
  }

  /** Checks that a file has the size that the copy claims. */
  static void checkSize(Path file, long bytes) throws IOException {
    if (Files.size(file) != bytes) {
      throw new IOException(file + " has " + Files.size(file) + " bytes, not " + bytes);
    }
  }

  /**
   * Copies with {@code cp --reflink=never}, which does not share blocks. Returns the rate in bytes
   * per second.
   *
   * @param durable whether the time includes a {@code sync} of the copy
   */
  static Contender cp(Path from, Path to, boolean durable) {
    return () -> {
      Files.deleteIfExists(to);
      long start = System.nanoTime();
      ChildProcess.output(List.of("cp", "--reflink=never", from.toString(), to.toString()));
      if (durable) {
        ChildProcess.output(List.of("sync", to.toString()));
      }
      double rate = Files.size(from) * 1e9 / (System.nanoTime() - start);
      checkSize(to, Files.size(from));
      // Flushes the dirty pages, so that they are not written during the next round.
      ChildProcess.output(List.of("sync", to.toString()));
      Files.delete(to);
      return rate;
    };
  }
}
