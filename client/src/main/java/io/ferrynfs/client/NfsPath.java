package io.ferrynfs.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An absolute path on a server: a list of names. Names are bytes, as on the wire; a name given or
 * shown as a string is UTF-8. Empty names and {@code .} are left out. {@code ..} is resolved by
 * this class, as in a URL, and never sent, so a path never leads above the root. Immutable.
 */
public final class NfsPath implements Comparable<NfsPath> {

  /** The root of the server's name space. */
  public static final NfsPath ROOT = new NfsPath(List.of());

  /**
   * The maximum depth of a directory that is listed; a hostile server may feign an endless tree.
   */
  static final int LISTED_DEPTH_MAX = 2048;

  private static final int NAME_BYTES_MAX = 1024;

  private final List<ByteBuffer> names;

  private NfsPath(List<ByteBuffer> names) {
    this.names = names;
  }

  /**
   * Returns the path with these names, separated by slashes.
   *
   * @throws IllegalArgumentException if a name contains a NUL or is longer than 1024 bytes
   */
  public static NfsPath of(String path) {
    return ROOT.resolve(path);
  }

  /**
   * Returns the path with these names, as {@link #of(String)} does.
   *
   * @throws IllegalArgumentException as {@link #of(String)} does
   */
  public static NfsPath ofBytes(byte[] path) {
    return ROOT.resolveBytes(path);
  }

  /**
   * Returns this path followed by names, separated by slashes.
   *
   * @throws IllegalArgumentException as {@link #of(String)} does
   */
  public NfsPath resolve(String relative) {
    return resolveBytes(relative.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns this path followed by names, as {@link #resolve(String)} does.
   *
   * @throws IllegalArgumentException as {@link #of(String)} does
   */
  public NfsPath resolveBytes(byte[] relative) {
    List<ByteBuffer> result = new ArrayList<>(names);
    int start = 0;
    for (int i = 0; i <= relative.length; i++) {
      if (i == relative.length || relative[i] == '/') {
        append(result, Arrays.copyOfRange(relative, start, i));
        start = i + 1;
      }
    }
    return new NfsPath(List.copyOf(result));
  }

  private static void append(List<ByteBuffer> names, byte[] name) {
    String text = new String(name, StandardCharsets.ISO_8859_1);
    if (text.isEmpty() || text.equals(".")) {
      return;
    }
    if (text.equals("..")) {
      if (!names.isEmpty()) {
        names.removeLast();
      }
      return;
    }
    if (name.length > NAME_BYTES_MAX || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a name is at most 1024 bytes, none of them NUL");
    }
    names.add(ByteBuffer.wrap(name).asReadOnlyBuffer());
  }

  /**
   * Returns why bytes are not a valid name of a directory entry, for people; null if they are
   * valid.
   */
  static @Nullable String objection(byte[] name) {
    if (name.length == 0) {
      return "it is empty";
    }
    if (name.length > NAME_BYTES_MAX) {
      return "it is longer than " + NAME_BYTES_MAX + " bytes";
    }
    for (byte each : name) {
      if (each == 0) {
        return "it holds a NUL";
      }
      if (each == '/') {
        return "it holds a slash";
      }
    }
    return null;
  }

  /** Returns whether this is the root. */
  public boolean isRoot() {
    return names.isEmpty();
  }

  /** Returns the parent directory; the root is its own parent. */
  public NfsPath parent() {
    return names.isEmpty() ? this : new NfsPath(names.subList(0, names.size() - 1));
  }

  /**
   * Returns the last name as text, empty for the root. Bytes that are not UTF-8 become replacement
   * characters.
   */
  public String name() {
    return names.isEmpty() ? "" : text(names.getLast());
  }

  /** Returns the bytes of the last name, empty for the root. */
  public byte[] nameBytes() {
    return names.isEmpty() ? new byte[0] : bytes(names.getLast());
  }

  /** Returns the bytes of the names, from the root down. */
  public List<byte[]> nameList() {
    return names.stream().map(NfsPath::bytes).toList();
  }

  /** Returns the number of names, 0 for the root. */
  public int depth() {
    return names.size();
  }

  /** Returns whether this path is {@code ancestor} or lies below it. */
  public boolean startsWith(NfsPath ancestor) {
    return names.size() >= ancestor.names.size()
        && names.subList(0, ancestor.names.size()).equals(ancestor.names);
  }

  @Override
  public int compareTo(NfsPath other) {
    int shared = Math.min(names.size(), other.names.size());
    for (int i = 0; i < shared; i++) {
      int order = Arrays.compareUnsigned(bytes(names.get(i)), bytes(other.names.get(i)));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(names.size(), other.names.size());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NfsPath path && names.equals(path.names);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }

  @Override
  public String toString() {
    if (names.isEmpty()) {
      return "/";
    }
    StringBuilder out = new StringBuilder();
    names.forEach(name -> out.append('/').append(text(name)));
    return out.toString();
  }

  private static String text(ByteBuffer name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer name) {
    byte[] copy = new byte[name.remaining()];
    name.duplicate().get(copy);
    return copy;
  }
}
