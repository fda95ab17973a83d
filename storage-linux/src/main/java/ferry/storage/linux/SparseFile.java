package ferry.storage.linux;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of this machine that is read by a {@link FileChannel} and says where it has holes, which a
 * channel does not. Safe for threads, but for closing.
 */
public final class SparseFile implements AutoCloseable {

  private final Fd fd;
  private final FileChannel channel;

  private SparseFile(Fd fd, FileChannel channel) {
    this.fd = fd;
    this.channel = channel;
  }

  /**
   * Opens a regular file for reading.
   *
   * @throws IOException when this file, or the kernel's interface to open it by, is not there
   */
  public static SparseFile open(Path path) throws IOException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    // Without waiting for the other end, should it be a FIFO by now.
    int opened = OpenCalls.openat(Flags.AT_FDCWD, name, Flags.O_RDONLY | Flags.O_NONBLOCK, 0);
    if (opened < 0) {
      throw new FileSystemException(path.toString(), null, "open: errno " + -opened);
    }
    Fd fd = new Fd(opened);
    try {
      // By the descriptor, not by its name again: that may be another file's by now.
      Path same = Path.of("/proc/self/fd/" + opened);
      return new SparseFile(fd, FileChannel.open(same, StandardOpenOption.READ));
    } catch (IOException | RuntimeException e) {
      fd.release();
      throw e;
    }
  }

  /** The file's bytes. Closed with this. */
  public FileChannel channel() {
    return channel;
  }

  /**
   * The first data at or after a position, in bytes.
   *
   * @return {@code end} when there is none before it; the position itself where the file system
   *     does not know
   */
  public long nextData(long position, long end) {
    long found = DataCalls.lseek(fd.number(), position, Flags.SEEK_DATA);
    return found == -Errno.ENXIO ? end : Math.min(end, found < 0 ? position : found);
  }

  /**
   * The first hole at or after a position, in bytes.
   *
   * @return {@code end} when there is none before it, or the file system does not know
   */
  public long nextHole(long position, long end) {
    long found = DataCalls.lseek(fd.number(), position, Flags.SEEK_HOLE);
    return found < 0 ? end : Math.min(end, found);
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      fd.release();
    }
  }
}
