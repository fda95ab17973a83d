package io.ferrynfs.storage;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of an object, all of one moment.
 *
 * @param type never changes during the life of an object
 * @param mode the twelve permission bits, 0 to 07777
 * @param nlink number of hard links; 0 for an object that was removed and is still open
 * @param uid owner, 0 to 2^32-1
 * @param gid group, 0 to 2^32-1
 * @param size in bytes; of a symbolic link the length of its target; of a directory what the volume
 *     likes
 * @param spaceUsed bytes of storage taken, holes not counted, shared blocks counted in each file
 * @param fileId distinguishes the objects of one {@code fsId}; the same for all names of an object
 * @param fsId 0 in a volume that is one file system; otherwise tells its parts (as subvolumes)
 *     apart whose fileIds may coincide. Stable across restarts
 * @param rdev of a device node; {@link DeviceNumber#NONE} otherwise
 * @param atime last access to the data; need not be kept
 * @param mtime last change of the data
 * @param ctime last change of data or attributes
 * @param birth creation, null when the volume does not know ({@link Feature#BIRTH_TIME})
 * @param change a number that is different after each change of data or attributes and, as long as
 *     the volume can tell, never goes back; also across restarts
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

  public boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  public boolean isRegular() {
    return type == FileType.REGULAR;
  }

  public boolean isSymlink() {
    return type == FileType.SYMLINK;
  }
}
