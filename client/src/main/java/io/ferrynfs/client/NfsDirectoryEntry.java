package io.ferrynfs.client;

import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a directory with its attributes (READDIR, RFC 8881 section 18.23). Immutable.
 *
 * <p>A server may send an entry that cannot be used: its name is invalid, or the server could not
 * read its attributes. Such an entry has a {@link #failure}, and the listing continues behind it.
 * Callers check {@link #failure} first, because {@link #path} and {@link #attributes} throw if
 * there are none.
 */
public final class NfsDirectoryEntry {

  private final byte[] name;
  private final @Nullable NfsPath path;
  private final @Nullable NfsAttributes attributes;
  private final @Nullable NfsException failure;

  private NfsDirectoryEntry(
      byte[] name,
      @Nullable NfsPath path,
      @Nullable NfsAttributes attributes,
      @Nullable NfsException failure) {
    this.name = name;
    this.path = path;
    this.attributes = attributes;
    this.failure = failure;
  }

  static NfsDirectoryEntry of(NfsPath path, NfsAttributes attributes) {
    return new NfsDirectoryEntry(path.nameBytes(), path, attributes, null);
  }

  /** Creates an entry with an invalid name. */
  static NfsDirectoryEntry misnamed(byte[] name, NfsException failure) {
    return new NfsDirectoryEntry(name, null, null, failure);
  }

  /** Creates an entry with a valid name and unknown attributes. */
  static NfsDirectoryEntry unread(NfsPath path, NfsException failure) {
    return new NfsDirectoryEntry(path.nameBytes(), path, null, failure);
  }

  /**
   * Returns why this entry cannot be used; null if it can. The message does not contain the name,
   * which may hold any bytes; {@link #nameBytes} returns it.
   */
  public @Nullable NfsException failure() {
    return failure;
  }

  /** Returns whether the name is valid, so that the entry has a {@link #path}. */
  public boolean hasPath() {
    return path != null;
  }

  /**
   * Returns the entry's path.
   *
   * @throws DirectoryIteratorException whose cause is {@link #failure} if {@link #hasPath} is false
   */
  public NfsPath path() {
    return orThrow(path);
  }

  /**
   * Returns the entry's attributes; those of a symbolic link are the link's own.
   *
   * @throws DirectoryIteratorException whose cause is {@link #failure} if there is one
   */
  public NfsAttributes attributes() {
    return orThrow(attributes);
  }

  private <T> T orThrow(@Nullable T value) {
    if (value != null) {
      return value;
    }
    throw new DirectoryIteratorException(Objects.requireNonNull(failure));
  }

  /**
   * Returns the entry's name as text. Bytes that are not UTF-8 become replacement characters. The
   * text may contain control characters.
   */
  public String name() {
    return new String(name, StandardCharsets.UTF_8);
  }

  /** Returns the entry's name as the server sent it, valid or not. */
  public byte[] nameBytes() {
    return name.clone();
  }

  @Override
  public String toString() {
    return path == null ? "an entry without a path" : path.toString();
  }
}
