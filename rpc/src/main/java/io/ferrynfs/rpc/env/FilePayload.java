package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.Payload;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A region of a file as the data of a READ reply: sent by {@code sendfile(2)} where the network can
 * do that, so that the bytes never enter the process.
 *
 * <p>Its length is settled when it is made. Should the file shrink before it is sent, the record
 * cannot be completed truthfully, and the connection is dropped.
 */
public final class FilePayload implements Payload {

  /** The open file. */
  public interface Source {

    /**
     * Moves bytes of the file to a channel, as {@link java.nio.channels.FileChannel#transferTo}.
     *
     * @return how many; zero when the target takes none just now or the file ends before the
     *     position
     * @throws IOException when the file cannot be read or the target written
     */
    long transferTo(long position, long count, WritableByteChannel target) throws IOException;

    /** The file's length now, which tells the two meanings of zero apart. */
    long size() throws IOException;
  }

  private final Source source;
  private final long position;
  private final int length;
  private final Runnable released;

  /**
   * A region.
   *
   * @param source the file, which stays open until released
   * @param position of the region's first byte
   * @param length of the region
   * @param released runs once, when the region was sent or will never be
   */
  public FilePayload(Source source, long position, int length, Runnable released) {
    this.source = source;
    this.position = position;
    this.length = length;
    this.released = released;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public boolean isInMemory() {
    return false;
  }

  /**
   * Moves part of the region to a channel.
   *
   * @param offset from the region's first byte
   * @return how many bytes; zero when the channel takes none just now
   * @throws EOFException when the file has shrunk
   */
  public long transferTo(int offset, WritableByteChannel target) throws IOException {
    long from = position + offset;
    long moved = source.transferTo(from, length - offset, target);
    if (moved <= 0 && source.size() <= from) {
      throw new EOFException("the file has shrunk below " + (from + 1) + " bytes");
    }
    return moved;
  }

  /** Reads the whole region into memory: for networks without sendfile, and for tests. */
  @Override
  public ByteBuffer bytes() {
    ByteBuffer copy = ByteBuffer.allocate(length);
    try (BufferChannel into = new BufferChannel(copy)) {
      while (copy.hasRemaining()) {
        if (transferTo(copy.position(), into) <= 0) {
          throw new EOFException("the file gives no more bytes");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy.flip().asReadOnlyBuffer();
  }

  @Override
  public void release() {
    released.run();
  }

  /** A channel into a buffer. */
  private record BufferChannel(ByteBuffer into) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer source) {
      int count = Math.min(source.remaining(), into.remaining());
      into.put(into.position(), source, source.position(), count);
      into.position(into.position() + count);
      source.position(source.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
