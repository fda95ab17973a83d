package io.ferrynfs.cli.place;

import java.time.Instant;
import java.util.List;

/**
 * The attributes of a local or remote file.
 *
 * @param kind the type
 * @param mode the permission bits, at most 07777
 * @param links the number of hard links
 * @param owner the owner, a number or a name
 * @param group the group, a number or a name
 * @param sizeBytes the size
 * @param usedBytes the allocated space, -1 if it is not known
 * @param fileSystem a key that is equal for files of one file system or export of one machine
 * @param number the inode number or fileid
 * @param isMountRoot whether a file system is known to be mounted here
 * @param deviceMajor the major number of a device, else 0
 * @param deviceMinor the minor number of a device, else 0
 * @param accessTime the time of the last access
 * @param modifyTime the time of the last change of the data
 */
public record FileInfo(
    FileKind kind,
    int mode,
    long links,
    String owner,
    String group,
    long sizeBytes,
    long usedBytes,
    Object fileSystem,
    long number,
    boolean isMountRoot,
    long deviceMajor,
    long deviceMinor,
    Instant accessTime,
    Instant modifyTime) {

  /** Returns a copy with other permission bits. */
  public FileInfo withMode(int bits) {
    return new FileInfo(
        kind,
        bits,
        links,
        owner,
        group,
        sizeBytes,
        usedBytes,
        fileSystem,
        number,
        isMountRoot,
        deviceMajor,
        deviceMinor,
        accessTime,
        modifyTime);
  }

  /** Returns a key that is equal for two names of one file only, if {@link #hasIdentity}. */
  public Object identity() {
    return List.of(fileSystem, number);
  }

  /**
   * Returns whether the file has a number. A server that does not number its files reports 0 for
   * all.
   */
  public boolean hasIdentity() {
    return number != 0;
  }

  /** Returns whether both are known to be one file. */
  public boolean isSameFile(FileInfo other) {
    return hasIdentity() && kind == other.kind && identity().equals(other.identity());
  }

  /** The set-user-id and set-group-id bits, which are valid with the original owner only. */
  public static final int SET_IDS = 06000;

  public boolean isDirectory() {
    return kind == FileKind.DIRECTORY;
  }

  public boolean isRegular() {
    return kind == FileKind.REGULAR;
  }

  public boolean isDevice() {
    return kind == FileKind.BLOCK_DEVICE || kind == FileKind.CHARACTER_DEVICE;
  }

  public boolean isSymlink() {
    return kind == FileKind.SYMLINK;
  }

  /** Formats type and permissions as {@code ls -l} does. */
  public String modeText() {
    StringBuilder out = new StringBuilder(10).append(kind.letter());
    for (int shift = 6; shift >= 0; shift -= 3) {
      int bits = (mode >> shift) & 7;
      boolean special = ((mode >> 9) & (1 << (shift / 3))) != 0;
      char execute = (bits & 1) != 0 ? 'x' : '-';
      if (special) {
        char letter = shift == 0 ? 't' : 's';
        execute = (bits & 1) != 0 ? letter : Character.toUpperCase(letter);
      }
      out.append((bits & 4) != 0 ? 'r' : '-').append((bits & 2) != 0 ? 'w' : '-').append(execute);
    }
    return out.toString();
  }
}
