package io.ferrynfs.cli.place;

import java.time.Instant;
import java.util.List;

/**
 * What is known of one file, wherever it is.
 *
 * @param kind its type
 * @param mode the permission bits, at most 07777
 * @param links the number of hard links
 * @param owner the owner, a number or a name
 * @param group the group, likewise
 * @param sizeBytes the size
 * @param usedBytes the space taken, -1 where it is not known
 * @param fileSystem equal for files of one file system, or export, of one machine
 * @param number what the file system knows the file by
 * @param isMountRoot whether it is known that a file system is mounted here
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

  /** The same with other permission bits. */
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

  /** Equal for two names of one file and for nothing else, where {@link #hasIdentity}. */
  public Object identity() {
    return List.of(fileSystem, number);
  }

  /** Whether the file has a number; a server that does not number its files calls all of them 0. */
  public boolean hasIdentity() {
    return number != 0;
  }

  /** Whether both are known to be one file. */
  public boolean isSameFile(FileInfo other) {
    return hasIdentity() && kind == other.kind && identity().equals(other.identity());
  }

  /** The set-user-id and set-group-id bits: rights that go with the owner, or not at all. */
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

  /** Type and permissions as {@code ls -l} shows them. */
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
