package ferry.bench.compare;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a Java program does that copies a file in its own file system. */
final class LocalCopy {
  private LocalCopy() {}

  /**
   * {@code FileChannel.transferTo} from end to end and a sync, as a server's copy is; bytes per
   * second.
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
      return size * 1e9 / (System.nanoTime() - start);
    };
  }
}
