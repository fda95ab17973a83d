package io.ferrynfs.server.operation.support;

import io.ferrynfs.rpc.env.FilePayload;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.xdr.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Data of a reply that the transport sends directly from an open file. */
public final class FileRegion {
  /** Up to this size, a copy costs less than a separate sendfile(2). */
  public static final int COPIED_BYTES_MAX = 16 * 1024;

  private FileRegion() {}

  /**
   * Returns a region for the transport to send.
   *
   * @param failed runs if the file cannot be read to the end of the region
   * @param released runs once when the region has been sent or discarded
   */
  public static Payload sent(
      OpenFile file, long offset, int length, Runnable failed, Runnable released) {
    return new FilePayload(new Source(file, failed), offset, length, released);
  }

  /** An open file as a source of the transport. */
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
    public int writeBefore(ByteBuffer bytes, WritableByteChannel target) throws IOException {
      return file.sendBefore(bytes, target);
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
