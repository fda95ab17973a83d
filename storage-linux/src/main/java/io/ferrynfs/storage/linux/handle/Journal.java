package io.ferrynfs.storage.linux.handle;

import io.ferrynfs.storage.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The changes of the index since its last commit. An append is one write(2): it survives the end of
 * this process, even by a kill, and takes microseconds, whereas a commit of the store takes
 * milliseconds. A record is {@code length, crc32c, key (16 bytes), value}; an empty value is a
 * removal. The replay ends at the first record with a wrong checksum, which a crash of the machine
 * truncated or damaged.
 */
public final class Journal implements AutoCloseable {
  private static final int HEADER_BYTES = 8;
  private static final int RECORD_BYTES_MAX = 4096;

  private final FileChannel file;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
  private long sizeBytes;

  public Journal(Path path) throws IOException {
    file =
        FileChannel.open(
            PrivateFiles.prepare(path), StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  public long sizeBytes() {
    return sizeBytes + buffer.position();
  }

  /**
   * Passes every complete record to the consumer, in order: key, and value or null for a removal.
   */
  public void replay(BiConsumer<byte[], byte @Nullable []> consumer) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) Math.min(file.size(), Integer.MAX_VALUE - 16));
    int read;
    do {
      read = file.read(all, all.position());
    } while (read > 0);
    all.flip();
    while (all.remaining() >= HEADER_BYTES) {
      int length = all.getInt();
      int crc = all.getInt();
      if (length < ObjectId.BYTES || length > RECORD_BYTES_MAX || length > all.remaining()) {
        return;
      }
      byte[] key = new byte[ObjectId.BYTES];
      byte[] value = new byte[length - ObjectId.BYTES];
      all.get(key).get(value);
      if (crc(key, value) != crc) {
        return;
      }
      consumer.accept(key, value.length == 0 ? null : value);
    }
  }

  /** Adds a record to be written by {@link #flush}. */
  public void add(byte[] key, byte @Nullable [] valueOrRemoval) throws IOException {
    byte[] value = valueOrRemoval == null ? new byte[0] : valueOrRemoval;
    int length = key.length + value.length;
    if (buffer.remaining() < HEADER_BYTES + length) {
      flush();
    }
    buffer.putInt(length).putInt(crc(key, value)).put(key).put(value);
  }

  /** Writes the added records; from then on they survive the process. */
  public void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      sizeBytes += file.write(buffer, sizeBytes);
    }
    buffer.clear();
  }

  /** Makes the flushed records survive a crash of the machine. */
  public void sync() throws IOException {
    file.force(false);
  }

  /** Discards all records after a commit of the store. */
  public void reset() throws IOException {
    buffer.clear();
    file.truncate(0);
    sizeBytes = 0;
  }

  private static int crc(byte[] key, byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(key);
    crc.update(value);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
