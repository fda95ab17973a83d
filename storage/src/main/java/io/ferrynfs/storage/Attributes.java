package io.ferrynfs.storage;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of an object, all read at one moment.
 *
 * @param type the type, which never changes during the life of an object
 * @param mode the twelve permission bits, 0 to 07777
 * @param nlink the number of hard links; 0 for an object that was removed while it is open
 * @param uid the owner, 0 to 2^32-1
 * @param gid the group, 0 to 2^32-1
 * @param size the length in bytes; for a symbolic link the length of its target; for a directory a
 *     value of the volume's choice
 * @param spaceUsed the bytes of storage that the object occupies, without its holes; each file
 *     counts the blocks that it shares
 * @param fileId a number that is unique within the {@code fsId} and the same for all names of an
 *     object
 * @param fsId 0 in a volume that is one file system; otherwise a number of the part (a subvolume,
 *     for example) within which {@code fileId} is unique; stable across restarts
 * @param rdev the device of a device node; {@link DeviceNumber#NONE} for another type
 * @param atime the time of the last access to the data; a volume may omit updates of it
 * @param mtime the time of the last change of the data
 * @param ctime the time of the last change of data or attributes
 * @param birth the time of creation; null without {@link Feature#BIRTH_TIME}
 * @param change a number that differs after each change of data or attributes; it does not
 *     decrease, even across restarts, as far as the volume can ensure that
 */
public record Attributes(
    FileType type,
    int mode,
    long nlink,
    long uid,
    long gid,
    long size,
    long spaceUsed,
    long fileId,
    long fsId,
    DeviceNumber rdev,
    Instant atime,
    Instant mtime,
    Instant ctime,
    @Nullable Instant birth,
    long change) {

  /** Returns whether the object is a directory. */
  public boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  /** Returns whether the object is a regular file. */
  public boolean isRegular() {
    return type == FileType.REGULAR;
  }

  /** Returns whether the object is a symbolic link. */
  public boolean isSymlink() {
    return type == FileType.SYMLINK;
  }
}
