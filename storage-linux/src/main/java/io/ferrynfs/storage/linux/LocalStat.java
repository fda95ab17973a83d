package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.Statx;
import java.time.Instant;

/**
 * The attributes of a local file (statx(2)).
 *
 * @param type the type bits of the mode: {@code S_IFREG} and the others of inode(7)
 * @param mode the permission bits, at most 07777
 * @param links the number of hard links
 * @param uid the owner, 0 to 2³² - 1
 * @param gid the group, 0 to 2³² - 1
 * @param sizeBytes the size that the file system reports; 0 for many files of /proc that have
 *     content
 * @param usedBytes the space that the file occupies
 * @param fileSystem the device number of the file system
 * @param inode the inode number in the file system
 * @param isMountRoot whether a file system is mounted here; false before Linux 5.8
 * @param deviceMajor the major number of a device, or 0
 * @param deviceMinor the minor number of a device, or 0
 * @param accessTime the time of the last access
 * @param modifyTime the time of the last change of the data
 */
public record LocalStat(
    int type,
    int mode,
    long links,
    long uid,
    long gid,
    long sizeBytes,
    long usedBytes,
    long fileSystem,
    long inode,
    boolean isMountRoot,
    long deviceMajor,
    long deviceMinor,
    Instant accessTime,
    Instant modifyTime) {

  public static final int FIFO = Flags.S_IFIFO;
  public static final int CHARACTER_DEVICE = Flags.S_IFCHR;
  public static final int DIRECTORY = Flags.S_IFDIR;
  public static final int BLOCK_DEVICE = Flags.S_IFBLK;
  public static final int REGULAR = Flags.S_IFREG;
  public static final int SYMLINK = Flags.S_IFLNK;
  public static final int SOCKET = Flags.S_IFSOCK;

  static LocalStat of(Statx statx) {
    return new LocalStat(
        statx.format(),
        statx.mode() & 07777,
        statx.links(),
        Integer.toUnsignedLong(statx.uid()),
        Integer.toUnsignedLong(statx.gid()),
        statx.sizeBytes(),
        statx.blocks512() * 512,
        statx.filesystem(),
        statx.inode(),
        statx.isMountRoot(),
        Integer.toUnsignedLong(statx.deviceMajor()),
        Integer.toUnsignedLong(statx.deviceMinor()),
        instant(statx.accessed()),
        instant(statx.modified()));
  }

  /**
   * Clamps the seconds, because some file systems store any 64-bit value and a damaged one may
   * contain any.
   */
  private static Instant instant(Statx.Time time) {
    if (time.seconds() > Instant.MAX.getEpochSecond()) {
      return Instant.MAX;
    }
    return time.seconds() < Instant.MIN.getEpochSecond()
        ? Instant.MIN
        : Instant.ofEpochSecond(time.seconds(), time.nanos());
  }
}
