package io.ferrynfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Optional;

/**
 * A regular file that is open for reading, writing or both.
 *
 * <h2>Ownership</h2>
 *
 * The receiver of the file closes it, once. {@link #close} returns immediately. Calls that are in
 * flight in other threads complete as if the file were open, and the last of them releases the
 * resources. Later calls fail with CLOSED. A component that needs the file for longer (a copy that
 * outlives the open of its requester) takes a {@link #duplicate} and closes that. An open file
 * exists even after its last name is removed, and its {@link Handle} remains valid.
 *
 * <h2>Threads</h2>
 *
 * All methods may be called by any number of threads at once, and a file has no position. A read
 * that overlaps a concurrent write sees all of the write, none of it, or its bytes up to some
 * offset. A read that starts after a write has returned sees the write. Calls block on the disk.
 *
 * <h2>Durability</h2>
 *
 * A change through this interface is durable when {@link #sync} has returned, and not before. After
 * a failed sync the changes since the last successful one must be considered lost, in part or as a
 * whole, even if a later sync succeeds.
 *
 * <p>Offsets and lengths are in bytes. Every method fails with INVALID if one is negative, with
 * TOO_BIG if the file would exceed {@link VolumeLimits#fileBytesMax}, with ACCESS if the access
 * mode does not permit the operation, with IO, and with CLOSED. The methods document their other
 * errors.
 */
public interface OpenFile extends AutoCloseable {
  /** Returns the handle of the file. */
  Handle handle();

  /** Returns the access mode of this open. */
  OpenAccess access();

  /** Returns the current attributes. A file without a name has nlink 0. */
  Attributes attributes() throws StorageException;

  /**
   * Returns the current length in bytes. Equivalent to {@code attributes().size()}, but cheaper.
   */
  default long size() throws StorageException {
    return attributes().size();
  }

  /**
   * Reads from a position into the remaining space of a buffer. Holes read as zeros.
   *
   * @return the number of bytes read, never negative; a short read occurs only at the end of the
   *     file
   */
  int read(ByteBuffer target, long position) throws StorageException;

  /**
   * Sends bytes from a position to a channel, without copying them through user space if possible
   * (sendfile(2)). Returns early if the channel takes only some of the bytes.
   *
   * @return the number of bytes sent; 0 if the file ends at or before the position, or if the
   *     channel took none
   * @throws IOException if the channel fails
   */
  default long transferTo(long position, long count, WritableByteChannel target)
      throws IOException, StorageException {
    return Transfers.byReading(this, position, count, target);
  }

  /**
   * Sends bytes to a channel immediately before a {@link #transferTo}. They may be delayed until
   * then, so that both travel together.
   *
   * @return the number of bytes sent, which are removed from the buffer; 0 if the channel takes
   *     none now
   * @throws IOException if the channel fails
   */
  default int sendBefore(ByteBuffer bytes, WritableByteChannel target) throws IOException {
    return target.write(bytes);
  }

  /**
   * Writes the remaining bytes of a buffer at a position. A write beyond the end leaves a hole.
   *
   * @return the number of bytes written; a short write occurs only if space runs out
   * @throws StorageException NO_SPACE or QUOTA if there was no room for a single byte
   */
  int write(ByteBuffer source, long position) throws StorageException;

  /**
   * Writes the remaining bytes of some buffers in sequence, as one call if possible.
   *
   * @return the number of bytes written; a short write occurs only if space runs out
   * @throws StorageException as {@link #write(ByteBuffer, long)}
   */
  default long write(List<ByteBuffer> sources, long position) throws StorageException {
    return Transfers.writeEach(this, sources, position);
  }

  /**
   * Returns a pipe that moves bytes from a connection to this file without a copy through user
   * space. Returns empty if the file has no pipe, or none at this moment: pipes are a scarce
   * resource. The caller closes the pipe, before or after the file.
   */
  default Optional<Pipe> pipe() {
    return Optional.empty();
  }

  /**
   * Writes the next bytes of a pipe at a position.
   *
   * @param source a pipe that {@link #pipe} of this file returned
   * @param bytes at least 1, and at most the number of bytes in the pipe
   * @return the number of bytes written, which are removed from the pipe; a short write occurs only
   *     if space runs out
   * @throws StorageException as {@link #write(ByteBuffer, long)}; INVALID for a pipe of another
   *     kind of file
   */
  default int write(Pipe source, long position, int bytes) throws StorageException {
    throw new StorageException(Status.INVALID);
  }

  /**
   * Makes all earlier changes of the file durable, including those through another OpenFile.
   *
   * @throws StorageException IO, NO_SPACE or QUOTA if some of the changes are lost
   */
  void sync(SyncScope scope) throws StorageException;

  /**
   * Starts writing a range to the disk, so that a following {@link #sync} waits for less. This is a
   * hint: it guarantees nothing and never fails.
   */
  default void beginSync(long offset, long length) {}

  /** Sets the length in bytes. A range that is added is a hole. */
  void truncate(long size) throws StorageException;

  /**
   * Reserves space so that writes to the range cannot fail with NO_SPACE. The file becomes at least
   * as long as the range. Existing data stays; the rest of the range reads as zeros. A request for
   * more than the available space must fail before it takes any space, so a volume checks the
   * available space first if its file system notices the shortage only when it is full.
   *
   * @throws StorageException NO_SPACE or QUOTA, without any change; INVALID if length is 0;
   *     NOT_SUPPORTED without {@link Feature#ALLOCATE}
   */
  void allocate(long offset, long length) throws StorageException;

  /**
   * Makes a hole: the range reads as zeros, and its whole blocks are freed. The length of the file
   * does not change, and the part of the range beyond the end is ignored.
   *
   * @throws StorageException INVALID if length is 0; NOT_SUPPORTED without {@link Feature#HOLES}
   */
  void deallocate(long offset, long length) throws StorageException;

  /**
   * Returns the offset of the next byte that is not in a hole. A volume without {@link
   * Feature#HOLES} treats the whole file as data.
   *
   * @return an offset that is at least the given one; the length of the file if only a hole follows
   * @throws StorageException NO_DATA if the offset is at or beyond the end of the file
   */
  long seekData(long offset) throws StorageException;

  /**
   * Returns the offset of the next hole. The end of the file counts as a hole.
   *
   * @return an offset that is at least the given one
   * @throws StorageException NO_DATA if the offset is at or beyond the end of the file
   */
  long seekHole(long offset) throws StorageException;

  /**
   * Advises the volume how a range will be used. Advice never changes the result of a read or a
   * write. A volume may apply advice about the order of access to the whole file, and it discards
   * the advice when the file is closed.
   *
   * @param length in bytes; 0 for the range from the offset to the end of the file, wherever that
   *     will be
   * @return whether the volume makes use of such advice
   */
  boolean advise(long offset, long length, Advice advice) throws StorageException;

  /**
   * Copies bytes from a file of the same volume into this one without reading them into the
   * program: by sharing blocks if possible, in the kernel otherwise. The copy may be short for any
   * reason, so callers loop. Its duration grows with the length, so callers that need progress,
   * cancellation or fairness request one chunk at a time. A hole of the source becomes a hole of
   * this file if the volume has {@link Feature#HOLES}, even where this file had data.
   *
   * @return the number of bytes copied; 0 only if the source ends at or before its offset
   * @throws StorageException INVALID if length is 0 or the ranges overlap in one file; CROSS_DEVICE
   *     if the source belongs to another volume; NO_SPACE or QUOTA if no byte could be copied;
   *     NOT_SUPPORTED if the file system cannot copy, so that the caller must read and write
   */
  long copyRange(OpenFile source, long sourceOffset, long offset, long length)
      throws StorageException;

  /**
   * Makes a range of this file share its blocks with a range of another file of the volume,
   * atomically and without copying data. Offsets must be multiples of {@link
   * VolumeLimits#cloneBlockBytes}. So must the length, unless the range ends at the end of the
   * source and at or beyond the end of this file.
   *
   * @param length in bytes; 0 for the range up to the end of the source
   * @throws StorageException INVALID for a wrong alignment, a range beyond the end of the source,
   *     or an overlap in one file; CROSS_DEVICE if the source belongs to another volume;
   *     NOT_SUPPORTED without {@link Feature#CLONE}
   */
  void cloneRange(OpenFile source, long sourceOffset, long offset, long length)
      throws StorageException;

  /**
   * Returns a second open of the same file with the same access mode, which is closed separately.
   * Does not check permissions again.
   *
   * @throws StorageException TRY_LATER if too many files are open
   */
  OpenFile duplicate() throws StorageException;

  /**
   * Returns the current path of the file from the root of the volume, for display only. Returns
   * empty if the volume cannot determine it without a search. Programs must not use it to find the
   * file.
   */
  default Optional<String> displayPath() {
    return Optional.empty();
  }

  /**
   * Returns the file that this decorator wraps, or this file if it is not a decorator. Volumes call
   * it on the source of a copy to check whether that file is one of theirs.
   */
  default OpenFile undecorated() {
    return this;
  }

  /** Closes the file; see the class comment. Closing a closed file has no effect. */
  @Override
  void close();
}
