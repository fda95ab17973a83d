package io.ferrynfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of one regular file, open for reading, writing or both.
 *
 * <h2>Ownership</h2>
 *
 * Who got the file closes it, once. {@link #close} returns at once; calls that are under way in
 * other threads complete as if it were open, and the resources are released after the last of them;
 * calls that come later fail with CLOSED. A second party that needs the file for a time of its own
 * (a copy that outlives the open of its requester) takes a {@link #duplicate} and closes that.
 * While a file is open it exists, also when its last name is removed, and so does its {@link
 * Handle}.
 *
 * <h2>Threads</h2>
 *
 * All methods may be called by any number of threads at once, and there is no position in a file.
 * One read sees one write to a range that both touch either wholly, not at all, or up to some byte;
 * a read that starts after a write has returned sees it. Calls block on the disk.
 *
 * <h2>Durability</h2>
 *
 * What is done through this interface is durable after {@link #sync} has returned, and not before;
 * after a failed sync it must be taken for lost, in part or whole, also when a later sync succeeds.
 *
 * <p>Offsets and lengths are in bytes. Every method fails with INVALID on a negative one, with
 * TOO_BIG where the file would exceed {@link VolumeLimits#fileBytesMax}, with ACCESS where the file
 * is not open for what the method does, with IO, and with CLOSED; methods name what else they fail
 * with.
 */
public interface OpenFile extends AutoCloseable {
  Handle handle();

  /** What the file was opened for. */
  OpenAccess access();

  /** The attributes now; also of a file that has no name any more, with nlink 0. */
  Attributes attributes() throws StorageException;

  /** The length in bytes now: {@code attributes().size()}, cheaper. */
  default long size() throws StorageException {
    return attributes().size();
  }

  /**
   * Reads from a position into all that remains of a buffer. Holes read as zeros.
   *
   * @return bytes read, never negative; fewer than there was room for only if the file ends there
   */
  int read(ByteBuffer target, long position) throws StorageException;

  /**
   * Sends bytes from a position to a channel without their passing through the program where that
   * can be (sendfile). A channel that takes only some makes this return early.
   *
   * @return bytes sent; 0 if the file ends at or before the position, or the channel took none
   * @throws IOException of the channel
   */
  default long transferTo(long position, long count, WritableByteChannel target)
      throws IOException, StorageException {
    return Transfers.byReading(this, position, count, target);
  }

  /**
   * Writes all that remains of a buffer at a position. A write beyond the end leaves a hole.
   *
   * @return bytes written; fewer than given only when space ran out after them
   * @throws StorageException NO_SPACE or QUOTA if there was no room for a single byte
   */
  int write(ByteBuffer source, long position) throws StorageException;

  /**
   * Writes all that remains of some buffers, one after the other, as one call where that can be.
   *
   * @return bytes written; fewer than given only when space ran out after them
   * @throws StorageException as {@link #write(ByteBuffer, long)}
   */
  default long write(List<ByteBuffer> sources, long position) throws StorageException {
    return Transfers.writeEach(this, sources, position);
  }

  /**
   * A way for bytes of a connection to this file that spares a copy of them, where there is one
   * now; empty and for a while only: there are few. The caller closes it, before or after the file.
   */
  default Optional<Pipe> pipe() {
    return Optional.empty();
  }

  /**
   * Writes what comes next out of a pipe.
   *
   * @param source made by {@link #pipe} of this file
   * @param bytes at least 1, and no more than are in it
   * @return bytes written, which are no longer in the pipe; fewer than given only when space ran
   *     out after them
   * @throws StorageException as {@link #write(ByteBuffer, long)}; INVALID for the pipe of a file of
   *     another kind
   */
  default int write(Pipe source, long position, int bytes) throws StorageException {
    throw new StorageException(Status.INVALID);
  }

  /**
   * Makes durable what was done to the file before the call, through whichever OpenFile.
   *
   * @throws StorageException IO, NO_SPACE or QUOTA when some of it is lost
   */
  void sync(SyncScope scope) throws StorageException;

  /**
   * Has the disk begin with a range that was written, so that a {@link #sync} that follows has less
   * to wait for. Promises nothing, and never fails.
   */
  default void beginSync(long offset, long length) {}

  /** Sets the length. What is added is a hole. */
  void truncate(long size) throws StorageException;

  /**
   * Reserves space so that writes to the range do not fail for want of it; the file becomes at
   * least as long as the range. Data in the range stays, the rest reads as zeros. A request for
   * more than there is must fail before it takes anything: file systems that find out only when
   * they are full have to be asked first.
   *
   * @throws StorageException NO_SPACE or QUOTA, and then all is as before; INVALID if length is 0;
   *     NOT_SUPPORTED without {@link Feature#ALLOCATE}
   */
  void allocate(long offset, long length) throws StorageException;

  /**
   * Makes a hole: the range reads as zeros, and its whole blocks are given back. The length of the
   * file stays; the part of the range beyond it is ignored.
   *
   * @throws StorageException INVALID if length is 0; NOT_SUPPORTED without {@link Feature#HOLES}
   */
  void deallocate(long offset, long length) throws StorageException;

  /**
   * Finds the next byte that is not in a hole. A volume without {@link Feature#HOLES} takes all for
   * data.
   *
   * @return its offset, at least the given one; the length of the file if only a hole follows
   * @throws StorageException NO_DATA if the offset is at or beyond the end of the file
   */
  long seekData(long offset) throws StorageException;

  /**
   * Finds the next hole. The end of the file counts as one.
   *
   * @return its offset, at least the given one
   * @throws StorageException NO_DATA if the offset is at or beyond the end of the file
   */
  long seekHole(long offset) throws StorageException;

  /**
   * Says how a range will be used. Nothing that anybody reads or writes depends on it. What is said
   * of an order may be taken for all of the file, and is forgotten when it is closed.
   *
   * @param length in bytes; 0 for all from the offset on, to wherever the file will end
   * @return whether the volume does anything about such advice
   */
  boolean advise(long offset, long length, Advice advice) throws StorageException;

  /**
   * Copies bytes from a file of the same volume into this one without their passing through the
   * program: sharing blocks where that can be, in the kernel otherwise. It may stop early for any
   * reason, so callers loop; and it takes as long as the length says, so callers who want progress,
   * cancelling and fairness ask for a chunk at a time. A hole of the source becomes one of this
   * file where the volume has {@link Feature#HOLES}, whatever was there before.
   *
   * @return bytes copied; 0 only if the source ends at or before its offset
   * @throws StorageException INVALID if length is 0 or the ranges overlap in one file; CROSS_DEVICE
   *     if the source is of another volume; NO_SPACE or QUOTA if not a single byte could be copied;
   *     NOT_SUPPORTED if the file system cannot, and then reading and writing is left
   */
  long copyRange(OpenFile source, long sourceOffset, long offset, long length)
      throws StorageException;

  /**
   * Makes a range of this file share its blocks with a range of another file of the volume, wholly
   * or not at all, in time that does not depend on the disk's speed. Offsets must be multiples of
   * {@link VolumeLimits#cloneBlockBytes}, and so must the length, unless the range ends where the
   * source ends and at or beyond the end of this file.
   *
   * @param length 0 means up to the end of the source
   * @throws StorageException INVALID for a wrong alignment, a range beyond the end of the source,
   *     or an overlap in one file; CROSS_DEVICE if the source is of another volume; NOT_SUPPORTED
   *     without {@link Feature#CLONE}
   */
  void cloneRange(OpenFile source, long sourceOffset, long offset, long length)
      throws StorageException;

  /**
   * The same file once more, with the same access and its own end; no permission is checked again.
   *
   * @throws StorageException TRY_LATER if too many files are open
   */
  OpenFile duplicate() throws StorageException;

  /**
   * A name of the file for people to read: the path from the root of the volume at this moment,
   * where the volume can tell without a search. It names nothing for programs.
   */
  default Optional<String> pathForPeople() {
    return Optional.empty();
  }

  /**
   * What a decorator decorates; a file that is no decorator answers itself. Volumes ask it of the
   * source of a copy, to find out whether it is one of theirs.
   */
  default OpenFile undecorated() {
    return this;
  }

  /** Gives the file up; see the class comment. Closing again does nothing. */
  @Override
  void close();
}
