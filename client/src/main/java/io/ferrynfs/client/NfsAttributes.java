package io.ferrynfs.client;

import java.time.Instant;
import java.util.OptionalInt;

/**
 * The attributes of one object (RFC 8881 section 5). An attribute that the server does not support
 * is zero, empty or {@link Instant#EPOCH}. Immutable.
 *
 * @param type the type of the object
 * @param mode the permission bits, at most 07777
 * @param links the number of hard links
 * @param owner the owner as the server names it: a decimal number or {@code user@domain}
 * @param group the group, likewise
 * @param sizeBytes the size in bytes
 * @param usedBytes the space that the object occupies, in bytes; less than the size of a sparse
 *     file
 * @param fsidMajor the major half of the file system's identity
 * @param fsidMinor the minor half of the file system's identity
 * @param fileid the object's number, unique in its file system
 * @param change a value that differs after every change of the object's data or metadata
 * @param deviceMajor the major number of a device, otherwise 0
 * @param deviceMinor the minor number of a device, otherwise 0
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

  /** Returns whether the object is a directory. */
  public boolean isDirectory() {
    return type == NfsFileType.DIRECTORY;
  }

  /** Returns whether the object is a regular file. */
  public boolean isRegular() {
    return type == NfsFileType.REGULAR;
  }

  /** Returns whether the object is a symbolic link. */
  public boolean isSymlink() {
    return type == NfsFileType.SYMLINK;
  }

  /**
   * Returns whether both describe the same object of one server, by fsid and fileid (RFC 8881
   * section 5.8.2.19). Returns false if the server does not support fileid. A tree walk must stop
   * at a directory that is the same object as one of its ancestors.
   */
  public boolean isSameObject(NfsAttributes other) {
    return fileid != 0
        && fileid == other.fileid
        && fsidMajor == other.fsidMajor
        && fsidMinor == other.fsidMinor;
  }

  /** Returns the owner's number if the server sent a number (RFC 8881 section 5.9). */
  public OptionalInt ownerId() {
    return numeric(owner);
  }

  /** Returns the group's number if the server sent a number (RFC 8881 section 5.9). */
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
