package io.ferrynfs.client;

import java.time.Instant;
import java.util.OptionalInt;

/**
 * What a server says about one object. Attributes a server does not support are zero, empty or
 * {@link Instant#EPOCH}.
 *
 * @param type the type of the object
 * @param mode the permission bits, at most 07777
 * @param links the number of hard links
 * @param owner the owner as the server names it: a number in decimal, or {@code user@domain}
 * @param group the group, likewise
 * @param sizeBytes the size in bytes
 * @param usedBytes the space the object takes, in bytes; less than the size where there are holes
 * @param fsidMajor the major half of the file system's identity
 * @param fsidMinor the minor half of the file system's identity
 * @param fileid the object's number, unique in its file system
 * @param change a value that differs after every change of the object's data or metadata
 * @param deviceMajor the major number of a device, else 0
 * @param deviceMinor the minor number of a device, else 0
 * @param accessTime the time of the last access
 * @param modifyTime the time of the last change of the data
 * @param metadataTime the time of the last change of the metadata (ctime)
 */
public record NfsAttributes(
    NfsFileType type,
    int mode,
    long links,
    String owner,
    String group,
    long sizeBytes,
    long usedBytes,
    long fsidMajor,
    long fsidMinor,
    long fileid,
    long change,
    long deviceMajor,
    long deviceMinor,
    Instant accessTime,
    Instant modifyTime,
    Instant metadataTime) {

  public boolean isDirectory() {
    return type == NfsFileType.DIRECTORY;
  }

  public boolean isRegular() {
    return type == NfsFileType.REGULAR;
  }

  public boolean isSymlink() {
    return type == NfsFileType.SYMLINK;
  }

  /**
   * Whether both are of one object of one server, as far as file system and number tell (RFC 8881
   * section 5.8.2.19); false where the server does not number its objects. A directory that is the
   * same object as one above it contains itself: whoever walks down has to stop there.
   */
  public boolean isSameObject(NfsAttributes other) {
    return fileid != 0
        && fileid == other.fileid
        && fsidMajor == other.fsidMajor
        && fsidMinor == other.fsidMinor;
  }

  /** The owner as a number, when the server names owners by number (RFC 8881 section 5.9). */
  public OptionalInt ownerId() {
    return numeric(owner);
  }

  /** The group as a number, when the server names groups by number. */
  public OptionalInt groupId() {
    return numeric(group);
  }

  private static OptionalInt numeric(String name) {
    if (name.isEmpty() || !name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalInt.empty();
    }
    try {
      return OptionalInt.of(Integer.parseUnsignedInt(name));
    } catch (NumberFormatException tooLarge) {
      return OptionalInt.empty();
    }
  }
}
