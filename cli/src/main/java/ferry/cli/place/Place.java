package ferry.cli.place;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A name in a file tree, local or on a server, whether or not something is there. Operations on the
 * last name never follow a symbolic link, except where said.
 */
public sealed interface Place permits LocalPlace, RemotePlace {

  /** A place and what is there. */
  record Entry(Place place, FileInfo info) {}

  /** The place of this name in this directory; the name is bytes without a slash. */
  Place child(byte[] name);

  /** The directory of this place. */
  Place parent();

  /** The last name as bytes; empty for a root. */
  byte[] nameBytes();

  /** How the user names this place. */
  String shown();

  FileInfo info() throws IOException;

  /** This place, or where its symbolic links lead. */
  Place followed() throws IOException;

  /** What is in this directory; to be closed. */
  Stream<Entry> list() throws IOException;

  void makeDirectory(int mode) throws IOException;

  void makeSymlink(byte[] target) throws IOException;

  byte[] readSymlink() throws IOException;

  /** Gives the file at {@code existing}, in the same tree, this further name. */
  void makeLink(Place existing) throws IOException;

  /** Makes a FIFO, socket or device like this one. */
  void makeSpecial(FileInfo like) throws IOException;

  /** Gives what is here a new name in the same tree, replacing what has it. */
  void renameTo(Place target) throws IOException;

  /** Removes a file or an empty directory. */
  void remove() throws IOException;

  /** Sets permission bits and both times to those of {@code like}; not those of a symbolic link. */
  void setModeAndTimes(FileInfo like) throws IOException;

  /**
   * Sets owner and group to those of {@code like}.
   *
   * @return false where this user may not
   */
  boolean setOwner(FileInfo like) throws IOException;

  /**
   * The names of the extended attributes, without the name space {@code user}; none where there can
   * be none. Does not wait for a server.
   */
  Future<List<String>> xattrNames() throws IOException;

  /** The value of an extended attribute. */
  byte[] xattr(String name) throws IOException;

  /**
   * Sets an extended attribute.
   *
   * @return false where there can be none
   */
  boolean setXattr(String name, byte[] value) throws IOException;

  /** The access control list, a line for each entry; none where the mode says it all. */
  List<String> acl() throws IOException;

  InputStream read() throws IOException;

  /** Creates or empties a file; closing the stream makes it durable. */
  OutputStream write(int mode) throws IOException;

  /** Sets the size of an existing file: longer adds a hole. */
  void truncate(long sizeBytes) throws IOException;

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
