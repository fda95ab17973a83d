package io.ferrynfs.cli.place;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A name in a file tree, local or on a server, whether or not something is there. Operations on the
 * last name never follow a symbolic link, except where said; those on the way to it are followed
 * only as far as the user named them.
 */
public sealed interface Place permits LocalPlace, RemotePlace {

  /**
   * The place of this name in this directory.
   *
   * @param name a name as a listing gave it, of any bytes
   * @throws IOException if no file here can have that name
   */
  Place child(byte[] name) throws IOException;

  /** The directory of this place; a root is its own. */
  Place parent() throws IOException;

  /** The last name as bytes; empty for a root. */
  byte[] nameBytes();

  /** How this place is named to the user, safe to print. */
  String shown();

  /** How this place is named to a program: a path as its bytes, or a URL. */
  byte[] spelled();

  FileInfo info() throws IOException;

  /** This place, or where its symbolic links lead. */
  Place followed() throws IOException;

  /** Lists this directory. */
  Listing list() throws IOException;

  /**
   * Makes a directory.
   *
   * @return what was made; null where only another request could tell
   */
  @Nullable FileInfo makeDirectory(int mode) throws IOException;

  /** Makes a symbolic link; as {@link #makeDirectory}. */
  @Nullable FileInfo makeSymlink(byte[] target) throws IOException;

  byte[] readSymlink() throws IOException;

  /** Gives the file at {@code existing}, in the same tree, this further name. */
  void makeLink(Place existing) throws IOException;

  /** Makes a FIFO, socket or device like this one; as {@link #makeDirectory}. */
  @Nullable FileInfo makeSpecial(FileInfo like) throws IOException;

  /** Gives what is here a new name in the same tree, replacing what has it. */
  void renameTo(Place target) throws IOException;

  /** Removes a file or an empty directory. */
  void remove(FileInfo there) throws IOException;

  /**
   * Gives what was made here the owner, permission bits and times of {@code like}. Set-uid and
   * set-gid bits are left out where the owner cannot be kept; a symbolic link has no bits.
   *
   * @param made what was made here, where that is known: nothing else is changed
   */
  Kept keepAttributes(FileInfo like, @Nullable FileInfo made) throws IOException;

  /** Sets only the permission bits; {@code made} as for {@link #keepAttributes}. */
  void setMode(int mode, @Nullable FileInfo made) throws IOException;

  /**
   * The names of the extended attributes, without the name space {@code user}; none where there can
   * be none. Does not wait for a server.
   */
  Future<List<String>> xattrNames() throws IOException;

  /** The value of an extended attribute. */
  byte[] xattr(String name) throws IOException;

  /**
   * Sets an extended attribute; {@code made} as for {@link #keepAttributes}.
   *
   * @return false where there can be none
   */
  boolean setXattr(String name, byte[] value, @Nullable FileInfo made) throws IOException;

  /** The access control list, a line for each entry; none where the mode says it all. */
  List<String> acl() throws IOException;

  InputStream read() throws IOException;

  /** Makes a file, which is not there; closing the stream makes it durable. */
  OutputStream write(int mode) throws IOException;

  /** Whether both are reached through the same mount or server connection. */
  boolean sameTree(Place other);

  /** What is here, or null when nothing is. */
  default @Nullable FileInfo infoIfPresent() throws IOException {
    try {
      return info();
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
