package io.ferrynfs.client;

import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a directory, with the attributes that came in the same reply.
 *
 * <p>A server may send an entry that is no good: a name that no file can have, or attributes that
 * it could not read. Such an entry has a {@link #failure}, and the listing goes on behind it. Ask
 * for the failure first: {@link #path} and {@link #attributes} throw where there are none.
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

  /** With a name that no file can have. */
  static NfsDirectoryEntry misnamed(byte[] name, NfsException failure) {
    return new NfsDirectoryEntry(name, null, null, failure);
  }

  /** With a good name, and attributes that are not known. */
  static NfsDirectoryEntry unread(NfsPath path, NfsException failure) {
    return new NfsDirectoryEntry(path.nameBytes(), path, null, failure);
  }

  /**
   * Why this entry cannot be used, null where it can. The message does not contain the name, which
   * may hold anything: {@link #nameBytes} has it.
   */
  public @Nullable NfsException failure() {
    return failure;
  }

  /** Whether the name is one that a file can have, so that there is a {@link #path}. */
  public boolean hasPath() {
    return path != null;
  }

  /**
   * The entry's path.
   *
   * @throws DirectoryIteratorException with {@link #failure} as its cause where {@link #hasPath} is
   *     false
   */
  public NfsPath path() {
    return there(path);
  }

  /**
   * The entry's attributes; a symbolic link is not followed.
   *
   * @throws DirectoryIteratorException with {@link #failure} as its cause where there is one
   */
  public NfsAttributes attributes() {
    return there(attributes);
  }

  private <T> T there(@Nullable T value) {
    if (value != null) {
      return value;
    }
    throw new DirectoryIteratorException(Objects.requireNonNull(failure));
  }

  /** The entry's name as text, bytes that are no UTF-8 replaced. Not fit for a terminal. */
  public String name() {
    return new String(name, StandardCharsets.UTF_8);
  }

  /** The entry's name as the server sent it, also where no file can have it. */
  public byte[] nameBytes() {
    return name.clone();
  }

  @Override
  public String toString() {
    return path == null ? "an entry without a path" : path.toString();
  }
}
