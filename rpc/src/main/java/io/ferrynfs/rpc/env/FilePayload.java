package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.Payload;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A region of a file as the data of a READ reply. On a plain connection it is sent by {@code
 * sendfile(2)}, so that the bytes are not copied into the process.
 *
 * <p>Its length is fixed at creation. If the file shrinks before the region has been sent, the
 * record cannot be completed, and the connection is closed.
 */
public final class FilePayload implements Payload {

  /** An open file. */
  public interface Source {

    /**
     * Moves bytes of the file to a channel, as {@link java.nio.channels.FileChannel#transferTo}.
     *
     * @return the number of bytes; zero if the target accepts none now or the file ends before the
     *     position
     * @throws IOException if the file cannot be read or the target cannot be written
     */
    long transferTo(long position, long count, WritableByteChannel target) throws IOException;

    /**
     * Writes bytes that the first bytes of the region follow at once. An implementation may delay
     * them, so that both arrive together and wake up the peer only once.
     *
     * @return the number of bytes written, which are removed from the buffer
     * @throws IOException if the target cannot be written
     */
    default int writeBefore(ByteBuffer bytes, WritableByteChannel target) throws IOException {
      return target.write(bytes);
    }

    /** Returns the current length of the file, which distinguishes the two meanings of zero. */
    long size() throws IOException;
  }

  private final Source source;
  private final long position;
  private final int length;
  private final Runnable released;

  /**
   * Creates a payload.
   *
   * @param source the file, which must stay open until {@code released} runs
   * @param position the offset of the region in the file
   * @param length the length of the region in bytes
   * @param released runs once, when the region has been sent or dropped
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
   * Transfers a part of the region to a channel.
   *
   * @param offset the offset in the region
   * @return the number of bytes; zero if the channel accepts none now
   * @throws EOFException if the file has shrunk
   */
  public long transferTo(int offset, WritableByteChannel target) throws IOException {
    long from = position + offset;
    long moved = source.transferTo(from, length - offset, target);
    if (moved <= 0 && source.size() <= from) {
      throw new EOFException("the file has shrunk below " + (from + 1) + " bytes");
    }
    return moved;
  }

  /** Writes the bytes of the record that precede the region. */
  int writeBefore(ByteBuffer bytes, WritableByteChannel target) throws IOException {
    return source.writeBefore(bytes, target);
  }

  /** Reads the whole region into memory, for the simulated network and for tests. */
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

  /** A channel that writes into a buffer. */
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
