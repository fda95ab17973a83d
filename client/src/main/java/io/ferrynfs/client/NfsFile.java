package io.ferrynfs.client;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * An open regular file. Safe for use by several threads.
 *
 * <p>As with {@link NfsClient}, a method whose name ends in {@code Async} never blocks, and every
 * other method that sends a request blocks until it completes. Besides the errors that each method
 * names, all of them may fail as the methods of {@link NfsClient} do; with {@link
 * NfsException.Reason#STATE_LOST} (NFS4ERR_BAD_STATEID, NFS4ERR_EXPIRED, NFS4ERR_ADMIN_REVOKED) if
 * the server discarded the open and refuses another; and with {@link NfsException.Reason#STALE}
 * (NFS4ERR_STALE) if the file was removed.
 *
 * <p>A buffer of a read or a write belongs to the client until the call completes: the client
 * receives READ data straight into it and sends WRITE data straight from it.
 */
public interface NfsFile extends AutoCloseable {

  /** Returns the path by which the file was opened. */
  NfsPath path();

  /**
   * Reads from a position until the buffer is full or the file ends (READ, RFC 8881 section 18.22;
   * READ_PLUS, RFC 7862 section 15.10). Long reads are split into several concurrent requests.
   *
   * @param into receives the data; its position moves behind it
   * @param positionBytes the offset in the file, not negative
   * @return the number of bytes read, or -1 if the position is at or behind the end of the file; 0
   *     only for a buffer without room
   * @throws NfsException with {@link NfsException.Reason#LOCKED} (NFS4ERR_OPENMODE) if the file is
   *     not open for reading
   */
  int read(ByteBuffer into, long positionBytes) throws NfsException;

  /**
   * Does what {@link #read} does, without blocking. The buffer's position moves when the future
   * completes.
   */
  CompletableFuture<Integer> readAsync(ByteBuffer into, long positionBytes);

  /**
   * Writes the remaining bytes of a buffer at a position (WRITE with UNSTABLE4, RFC 8881 section
   * 18.32). The data is durable after {@link #sync()}; until then a restart of the server may lose
   * it, which {@link #sync()} and {@link #close()} report.
   *
   * @param from the data; its position moves to its limit
   * @param positionBytes the offset in the file, not negative
   * @throws NfsException with {@link NfsException.Reason#NO_SPACE} (NFS4ERR_NOSPC, NFS4ERR_DQUOT,
   *     NFS4ERR_FBIG) or {@link NfsException.Reason#LOCKED} (NFS4ERR_OPENMODE) if the file is not
   *     open for writing
   */
  void write(ByteBuffer from, long positionBytes) throws NfsException;

  /**
   * Does what {@link #write} does, without blocking. The buffer's position moves when the future
   * completes.
   */
  CompletableFuture<Void> writeAsync(ByteBuffer from, long positionBytes);

  /**
   * Returns the attributes of the file (GETATTR, RFC 8881 section 18.7). While the client holds a
   * delegation it may answer from its cache, for a quarter of the lease at most.
   */
  NfsAttributes attributes() throws NfsException;

  /** Does what {@link #attributes} does, without blocking. */
  CompletableFuture<NfsAttributes> attributesAsync();

  /** Returns the size of the file in bytes, as {@link #attributes} does. */
  long size() throws NfsException;

  /**
   * Sets the size of the file (SETATTR, RFC 8881 section 18.30). A longer file gets a hole.
   *
   * @param sizeBytes the new size, not negative
   * @throws NfsException as {@link #setAttributes} does
   */
  void truncate(long sizeBytes) throws NfsException;

  /**
   * Sets attributes of the file (SETATTR, RFC 8881 section 18.30).
   *
   * @throws NfsException with {@link NfsException.Reason#ACCESS_DENIED} (NFS4ERR_ACCESS,
   *     NFS4ERR_PERM), {@link NfsException.Reason#INVALID} (NFS4ERR_BADOWNER, NFS4ERR_INVAL) or
   *     {@link NfsException.Reason#NO_SPACE} (NFS4ERR_FBIG)
   */
  void setAttributes(NfsAttributeChanges changes) throws NfsException;

  /**
   * Does what {@link #setAttributes} does, without blocking.
   *
   * @return the attributes after the change
   */
  CompletableFuture<NfsAttributes> setAttributesAsync(NfsAttributeChanges changes);

  /**
   * Returns a view of the extended attributes of this file, which may have been renamed since (RFC
   * 8276). Sends no request.
   */
  NfsXattrs xattrs();

  /**
   * Makes all written data durable (COMMIT, RFC 8881 section 18.3).
   *
   * @throws NfsException with {@link NfsException.Reason#DATA_LOST} if the server restarted and may
   *     have lost data that was not durable: the caller has to write it again
   */
  void sync() throws NfsException;

  /** Does what {@link #sync} does, without blocking. */
  CompletableFuture<Void> syncAsync();

  /**
   * Finds the next data at or behind a position (SEEK, RFC 7862 section 15.11). The future fails
   * with {@link NfsException.Reason#UNSUPPORTED} (NFS4ERR_NOTSUPP) if the server has no SEEK.
   *
   * @param positionBytes the offset in the file, not negative
   * @return the offset of the data, or -1 if there is none
   */
  CompletableFuture<Long> seekDataAsync(long positionBytes);

  /**
   * Finds the next hole at or behind a position (SEEK, RFC 7862 section 15.11). The end of the file
   * counts as a hole. The future fails as that of {@link #seekDataAsync} does.
   *
   * @param positionBytes the offset in the file, not negative
   * @return the offset of the hole, or -1 if the position is at or behind the end of the file
   */
  CompletableFuture<Long> seekHoleAsync(long positionBytes);

  /** Does what {@link #seekDataAsync} does, and blocks. */
  long seekData(long positionBytes) throws NfsException;

  /** Does what {@link #seekHoleAsync} does, and blocks. */
  long seekHole(long positionBytes) throws NfsException;

  /**
   * Reserves space for a range (ALLOCATE, RFC 7862 section 15.1), so that writing to it does not
   * run out of space. Data in the range is kept. The file becomes at least as long as the range;
   * new bytes read as zeros.
   *
   * @throws NfsException with {@link NfsException.Reason#NO_SPACE} (NFS4ERR_NOSPC, NFS4ERR_DQUOT),
   *     {@link NfsException.Reason#INVALID} (NFS4ERR_INVAL) if the count is not positive, or {@link
   *     NfsException.Reason#UNSUPPORTED} (NFS4ERR_NOTSUPP) if the server has no ALLOCATE
   */
  void allocate(long positionBytes, long countBytes) throws NfsException;

  /** Does what {@link #allocate} does, without blocking. */
  CompletableFuture<Void> allocateAsync(long positionBytes, long countBytes);

  /**
   * Makes a hole (DEALLOCATE, RFC 7862 section 15.4). The range reads as zeros, and its whole
   * blocks become free space. The length of the file does not change.
   *
   * @throws NfsException with {@link NfsException.Reason#INVALID} (NFS4ERR_INVAL) if the count is
   *     not positive, or {@link NfsException.Reason#UNSUPPORTED} (NFS4ERR_NOTSUPP) if the server
   *     has no DEALLOCATE
   */
  void deallocate(long positionBytes, long countBytes) throws NfsException;

  /** Does what {@link #deallocate} does, without blocking. */
  CompletableFuture<Void> deallocateAsync(long positionBytes, long countBytes);

  /**
   * Advises the server how a range will be used (IO_ADVISE, RFC 7862 section 15.5). The advice
   * changes no data.
   *
   * @param countBytes the length of the range, 0 for the rest of the file
   * @return the advice that the server follows
   * @throws NfsException with {@link NfsException.Reason#UNSUPPORTED} (NFS4ERR_NOTSUPP) if the
   *     server has no IO_ADVISE
   */
  Set<NfsAdvice> advise(long positionBytes, long countBytes, NfsAdvice... advice)
      throws NfsException;

  /** Does what {@link #advise} does, without blocking. */
  CompletableFuture<Set<NfsAdvice>> adviseAsync(
      long positionBytes, long countBytes, NfsAdvice... advice);

  /**
   * Makes a range of another open file of this server share the blocks of a range of this file
   * (CLONE, RFC 7862 section 15.13), and makes it durable. CLONE is atomic, whatever the length of
   * the range. The client first makes durable what was written to either file through it.
   *
   * @param countBytes the length of the range. It and both positions are multiples of the server's
   *     clone block size; a range that ends at the end of this file may have any length
   * @throws NfsException with {@link NfsException.Reason#INVALID} (NFS4ERR_INVAL) if the range is
   *     not aligned, or {@link NfsException.Reason#UNSUPPORTED} if the files cannot share blocks
   */
  void cloneTo(long positionBytes, NfsFile destination, long destinationBytes, long countBytes)
      throws NfsException;

  /** Does what {@link #cloneTo} does, without blocking. */
  CompletableFuture<Void> cloneToAsync(
      long positionBytes, NfsFile destination, long destinationBytes, long countBytes);

  /**
   * Starts to copy a range into another open file, possibly of another server, as {@link
   * NfsClient#copy(NfsPath, NfsClient, NfsPath, NfsCopyOptions)} copies a whole file. Returns
   * without blocking. The client first makes durable what was written to either file through it;
   * bytes still buffered by an {@link #outputStream} are not included.
   *
   * @throws IllegalArgumentException if the destination is not of an {@link NfsClient}
   */
  CopyHandle copyTo(
      long positionBytes,
      NfsFile destination,
      long destinationBytes,
      long countBytes,
      NfsCopyOptions options);

  /**
   * Locks a byte range and waits until it is granted (LOCK, RFC 8881 section 18.10). Locks are
   * advisory and belong to this open file; closing the file releases them. If the server loses a
   * lock, because it restarted or because the lease expired, reading and writing through this file
   * fail with {@link NfsException.Reason#STATE_LOST} until the lock is closed.
   *
   * @param sizeBytes the length of the range, 0 for the rest of the file, however long it grows
   * @param shared whether other owners may share the lock; a shared lock needs a file open for
   *     reading, an exclusive one a file open for writing
   * @throws NfsException with {@link NfsException.Reason#LOCKED} (NFS4ERR_OPENMODE,
   *     NFS4ERR_DEADLOCK) or {@link NfsException.Reason#UNSUPPORTED} (NFS4ERR_LOCK_NOTSUPP,
   *     NFS4ERR_BAD_RANGE)
   * @throws java.nio.channels.OverlappingFileLockException if this open file has, or waits for, a
   *     lock of an overlapping range
   */
  NfsLock lock(long positionBytes, long sizeBytes, boolean shared) throws NfsException;

  /**
   * Does what {@link #lock} does, without blocking. Cancelling the future withdraws the request
   * from the server's queue.
   */
  CompletableFuture<NfsLock> lockAsync(long positionBytes, long sizeBytes, boolean shared);

  /**
   * Locks a byte range if no conflicting lock is held. Parameters and errors are those of {@link
   * #lock}.
   *
   * @return empty if another owner holds a conflicting lock (NFS4ERR_DENIED)
   */
  Optional<NfsLock> tryLock(long positionBytes, long sizeBytes, boolean shared) throws NfsException;

  /** Does what {@link #tryLock} does, without blocking. */
  CompletableFuture<Optional<NfsLock>> tryLockAsync(
      long positionBytes, long sizeBytes, boolean shared);

  /**
   * Returns a stream that reads the file from the start and requests data ahead of the reader. The
   * stream is for one thread. Closing it leaves the file open.
   */
  InputStream inputStream();

  /**
   * Returns a stream that writes from a position and sends data behind the writer. The stream is
   * for one thread. {@link OutputStream#close()} makes everything durable and leaves the file open.
   * The stream keeps data until it is durable, and writes it again after a restart of the server.
   *
   * @param positionBytes the offset in the file, not negative
   */
  OutputStream outputStream(long positionBytes);

  /**
   * Returns a channel of the file, with a position of its own. {@link FileChannel#map} is not
   * supported. Closing the channel releases its locks and leaves the file open.
   */
  FileChannel channel();

  /**
   * Waits for the copies that use this file ({@link CopyHandle#cancel} ends them), makes everything
   * durable and closes the file (CLOSE, RFC 8881 section 18.2). A second call does nothing.
   *
   * @throws NfsException as {@link #sync} does; the file is closed all the same
   */
  @Override
  void close() throws NfsException;

  /** Does what {@link #close} does, without blocking. */
  CompletableFuture<Void> closeAsync();
}
