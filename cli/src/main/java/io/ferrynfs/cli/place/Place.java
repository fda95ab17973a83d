package io.ferrynfs.cli.place;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A name in a local or remote file tree. The file need not exist.
 *
 * <p>Operations do not follow a symbolic link in the last name, unless documented. Symbolic links
 * in the directories of the path are followed only in the part that the user typed.
 */
public sealed interface Place permits LocalPlace, RemotePlace {

  /**
   * Returns the place of a name in this directory.
   *
   * @param name the name from a listing; may have any bytes
   * @throws IOException if the name is invalid here
   */
  Place child(byte[] name) throws IOException;

  /** Returns the parent directory; a root is its own parent. */
  Place parent() throws IOException;

  /** Returns the last name; empty for a root. */
  byte[] nameBytes();

  /** Returns the name of this place for messages, escaped for the terminal. */
  String shown();

  /** Returns the name of this place for programs: a path as bytes, or a URL. */
  byte[] spelled();

  FileInfo info() throws IOException;

  /** Returns this place, or the target of its symbolic link. */
  Place followed() throws IOException;

  /** Lists this directory. */
  Listing list() throws IOException;

  /**
   * Creates a directory.
   *
   * @return its attributes; null if they would need another request
   */
  @Nullable FileInfo makeDirectory(int mode) throws IOException;

  /** Creates a symbolic link. Returns its attributes as {@link #makeDirectory} does. */
  @Nullable FileInfo makeSymlink(byte[] target) throws IOException;

  byte[] readSymlink() throws IOException;

  /** Creates a hard link to {@code existing}, which must be in the same tree. */
  void makeLink(Place existing) throws IOException;

  /**
   * Creates a FIFO, socket or device with the attributes of {@code like}. Returns its attributes as
   * {@link #makeDirectory} does.
   */
  @Nullable FileInfo makeSpecial(FileInfo like) throws IOException;

  /** Renames the file within the tree, replacing the target. */
  void renameTo(Place target) throws IOException;

  /** Removes a file or an empty directory. */
  void remove(FileInfo there) throws IOException;

  /**
   * Sets owner, permission bits and times to those of {@code like}. Set-uid and set-gid bits are
   * not set if the owner cannot be set. A symbolic link has no permission bits.
   *
   * @param made the file that was created here if it is known; no other file is changed
   */
  PreservedAttributes preserveAttributes(FileInfo like, @Nullable FileInfo made) throws IOException;

  /**
   * Sets the permission bits.
   *
   * @param made as for {@link #preserveAttributes}
   */
  void setMode(int mode, @Nullable FileInfo made) throws IOException;

  /**
   * Returns the names of the extended attributes without the prefix {@code user.}; none if they are
   * not supported. Does not block.
   */
  Future<List<String>> xattrNames() throws IOException;

  /** Returns the value of an extended attribute. */
  byte[] xattr(String name) throws IOException;

  /**
   * Sets an extended attribute.
   *
   * @param made as for {@link #preserveAttributes}
   * @return false if extended attributes are not supported
   */
  boolean setXattr(String name, byte[] value, @Nullable FileInfo made) throws IOException;

  /** Returns the access control list, one line per entry; none if it is equivalent to the mode. */
  List<String> acl() throws IOException;

  InputStream read() throws IOException;

  /** Creates a file, which must not exist. Closing the stream makes it durable. */
  OutputStream write(int mode) throws IOException;

  /** Returns whether both places are local, or on the same server. */
  boolean sameTree(Place other);

  /** Returns the attributes, or null if the file does not exist. */
  default @Nullable FileInfo infoIfPresent() throws IOException {
    try {
      return info();
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
