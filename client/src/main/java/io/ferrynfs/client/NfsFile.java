package io.ferrynfs.client;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * An open regular file. Safe for use by several threads. The methods that return a future never
 * block; the others wait for one.
 *
 * <p>A buffer given to a read or a write belongs to the client until the call is over: READ data is
 * received straight into it, WRITE data is sent straight from it.
 */
public interface NfsFile extends AutoCloseable {

  NfsPath path();

  /**
   * Reads into the buffer from a position, with as many READs in flight as it takes.
   *
   * @return the bytes read, less than the buffer's room only at the end of the file; -1 at the end
   */
  int read(ByteBuffer into, long positionBytes) throws NfsException;

  /** {@link #read} without waiting. The buffer's position moves when the future completes. */
  CompletableFuture<Integer> readAsync(ByteBuffer into, long positionBytes);

  /**
   * Writes all that remains in the buffer at a position. Durable after {@link #sync()}: until then
   * a restart of the server may lose it, which {@link #sync()} and {@link #close()} then report.
   */
  void write(ByteBuffer from, long positionBytes) throws NfsException;

  /** {@link #write} without waiting. The buffer's position moves when the future completes. */
  CompletableFuture<Void> writeAsync(ByteBuffer from, long positionBytes);

  NfsAttributes attributes() throws NfsException;

  CompletableFuture<NfsAttributes> attributesAsync();

  /** The size in bytes, asked of the server. */
  long size() throws NfsException;

  /** Cuts the file, or makes it longer by a hole. */
  void truncate(long sizeBytes) throws NfsException;

  void setAttributes(NfsAttributeChanges changes) throws NfsException;

  CompletableFuture<NfsAttributes> setAttributesAsync(NfsAttributeChanges changes);

  /** The extended attributes of this file, whatever name it has now. */
  NfsXattrs xattrs();

  /**
   * Makes everything written durable (COMMIT).
   *
   * @throws NfsException with {@link NfsException.Reason#DATA_LOST} when the server restarted and
   *     lost data that it had not been asked to keep: write it again
   */
  void sync() throws NfsException;

  CompletableFuture<Void> syncAsync();

  /**
   * The next byte at or after a position that holds data (SEEK, RFC 7862 section 15.11).
   *
   * @return the position, or -1 when only a hole follows; fails with {@link
   *     NfsException.Reason#UNSUPPORTED} from a server without SEEK
   */
  CompletableFuture<Long> seekDataAsync(long positionBytes);

  /** The next hole at or after a position; the end of the file counts as one. */
  CompletableFuture<Long> seekHoleAsync(long positionBytes);

  /** {@link #seekDataAsync} and waits. */
  long seekData(long positionBytes) throws NfsException;

  /** {@link #seekHoleAsync} and waits. */
  long seekHole(long positionBytes) throws NfsException;

  /**
   * Reserves space (ALLOCATE, RFC 7862 section 15.1): writing to the range will not fail for want
   * of it. Data in the range stays; the file becomes at least as long as the range, and what is new
   * reads as zeros.
   *
   * @throws NfsException with {@link NfsException.Reason#NO_SPACE} when there is not as much, with
   *     {@link NfsException.Reason#INVALID} when the count is not positive, with {@link
   *     NfsException.Reason#UNSUPPORTED} from a server without ALLOCATE
   */
  void allocate(long positionBytes, long countBytes) throws NfsException;

  /** {@link #allocate} without waiting. */
  CompletableFuture<Void> allocateAsync(long positionBytes, long countBytes);

  /**
   * Makes a hole (DEALLOCATE, RFC 7862 section 15.4): the range reads as zeros and the server gets
   * the space of its whole blocks back. The length of the file stays as it is.
   *
   * @throws NfsException with {@link NfsException.Reason#INVALID} when the count is not positive,
   *     with {@link NfsException.Reason#UNSUPPORTED} from a server without DEALLOCATE
   */
  void deallocate(long positionBytes, long countBytes) throws NfsException;

  /** {@link #deallocate} without waiting. */
  CompletableFuture<Void> deallocateAsync(long positionBytes, long countBytes);

  /**
   * Tells the server how a range will be used (IO_ADVISE, RFC 7862 section 15.5). Nothing that is
   * read or written depends on it.
   *
   * @param countBytes 0 for all from the position on
   * @return what the server is going to do something about
   * @throws NfsException with {@link NfsException.Reason#UNSUPPORTED} from a server without
   *     IO_ADVISE
   */
  Set<NfsAdvice> advise(long positionBytes, long countBytes, NfsAdvice... advice)
      throws NfsException;

  /** {@link #advise} without waiting. */
  CompletableFuture<Set<NfsAdvice>> adviseAsync(
      long positionBytes, long countBytes, NfsAdvice... advice);

  /**
   * Has a range of another open file of this server share its blocks with this one (CLONE, RFC 7862
   * section 15.13), and makes it durable: at once or not at all, however long it is. What was
   * written to either file through this client is made durable before.
   *
   * @param countBytes a multiple of the server's clone block size, as both positions are, unless
   *     the range ends where this file ends
   * @throws NfsException with {@link NfsException.Reason#INVALID} when the range is not as it has
   *     to be, with {@link NfsException.Reason#UNSUPPORTED} where the files cannot share blocks
   */
  void cloneTo(long positionBytes, NfsFile destination, long destinationBytes, long countBytes)
      throws NfsException;

  /** {@link #cloneTo} without waiting. */
  CompletableFuture<Void> cloneToAsync(
      long positionBytes, NfsFile destination, long destinationBytes, long countBytes);

  /**
   * Copies a range into another open file, which may be on another server. What was written to
   * either file through this client is made durable before; of an {@link #outputStream} that is
   * what was flushed, or has left it.
   */
  CopyHandle copyTo(
      long positionBytes,
      NfsFile destination,
      long destinationBytes,
      long countBytes,
      NfsCopyOptions options);

  /**
   * Locks bytes against other locks (LOCK, RFC 8881 section 18.10), and waits until they can be
   * had. Locks are advisory and belong to this open file: closing it gives them back. When the
   * server loses one (it restarted and would not give it again, or heard nothing of this client for
   * a lease), reading and writing through this file fails with {@link
   * NfsException.Reason#STATE_LOST} until the lock is closed.
   *
   * @param sizeBytes how many; 0 for all that follow, however long the file gets
   * @param shared whether others may share it; needs a file open for reading, else for writing
   * @throws java.nio.channels.OverlappingFileLockException when some of the bytes are locked, or
   *     waited for, through this open file
   */
  NfsLock lock(long positionBytes, long sizeBytes, boolean shared) throws NfsException;

  /** {@link #lock} without waiting. Cancelling the future gives up. */
  CompletableFuture<NfsLock> lockAsync(long positionBytes, long sizeBytes, boolean shared);

  /** The same if it can be had at once; empty when another has locked some of the bytes. */
  Optional<NfsLock> tryLock(long positionBytes, long sizeBytes, boolean shared) throws NfsException;

  /** {@link #tryLock} without waiting. */
  CompletableFuture<Optional<NfsLock>> tryLockAsync(
      long positionBytes, long sizeBytes, boolean shared);

  /** Reads the file from the start, ahead of the reader. Closing it leaves the file open. */
  InputStream inputStream();

  /**
   * Writes from a position, behind the writer. {@link OutputStream#close()} makes everything
   * durable and leaves the file open; data lost in a restart of the server is written again by
   * itself as long as it is held.
   */
  OutputStream outputStream(long positionBytes);

  /**
   * The file as a channel with a position, without {@code map}; closing it gives its locks back and
   * leaves the file open.
   */
  FileChannel channel();

  /**
   * Makes everything durable and closes, after the copies that use this file have ended: {@link
   * CopyHandle#cancel} ends them. Reports what could not be made durable.
   */
  @Override
  void close() throws NfsException;

  CompletableFuture<Void> closeAsync();
}
