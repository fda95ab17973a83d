package io.ferrynfs.server.operation;

import io.ferrynfs.rpc.env.FilePayload;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.xdr.Payload;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Bytes of an open file as the data of a reply, sent by the transport from the file itself. */
final class FileRegion {
  /** Up to here copying costs less than a sendfile of its own. */
  static final int COPIED_BYTES_MAX = 16 * 1024;

  private FileRegion() {}

  /**
   * A region that the transport sends.
   *
   * @param failed runs when the file cannot be read to the end of the region
   * @param released runs once, when the file is not needed for it any more
   */
  static Payload sent(OpenFile file, long offset, int length, Runnable failed, Runnable released) {
    return new FilePayload(new Source(file, failed), offset, length, released);
  }

  /** An open file as the transport wants it. */
  private record Source(OpenFile file, Runnable failed) implements FilePayload.Source {
    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
        throws IOException {
      try {
        return file.transferTo(position, count, target);
      } catch (StorageException e) {
        failed.run();
        throw new IOException(e);
      }
    }

    @Override
    public long size() throws IOException {
      try {
        return file.size();
      } catch (StorageException e) {
        throw new IOException(e);
      }
    }
  }
}
