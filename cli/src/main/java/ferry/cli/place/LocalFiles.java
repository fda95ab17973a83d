package ferry.cli.place;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** What {@link FileChannel} lacks. */
public final class LocalFiles {
  private LocalFiles() {}

  /** Cuts a file, or makes it longer by a hole. */
  public static void setSize(FileChannel file, long sizeBytes) throws IOException {
    long size = file.size();
    if (size > sizeBytes) {
      file.truncate(sizeBytes);
    } else if (size < sizeBytes) {
      // One zero at the end: all before it that was never written stays a hole.
      file.write(ByteBuffer.allocate(1), sizeBytes - 1);
    }
  }
}
