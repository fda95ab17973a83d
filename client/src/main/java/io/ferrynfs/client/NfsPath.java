package io.ferrynfs.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An absolute path on a server: a list of names. A name is bytes, as on the wire; where a name is
 * given or shown as a string, it is UTF-8. {@code .} and empty names are left out, {@code ..} is
 * resolved here (as in a URL) and never sent, so that a path cannot climb above the root.
 */
public final class NfsPath implements Comparable<NfsPath> {

  /** The root of the server's name space. */
  public static final NfsPath ROOT = new NfsPath(List.of());

  /** A directory that lies deeper is not listed: no tree that was made by its users is so deep. */
  static final int LISTED_DEPTH_MAX = 2048;

  private static final int NAME_BYTES_MAX = 1024;

  private final List<ByteBuffer> names;

  private NfsPath(List<ByteBuffer> names) {
    this.names = names;
  }

  /**
   * The path with these names, separated by slashes.
   *
   * @throws IllegalArgumentException if a name holds a NUL or is longer than 1024 bytes
   */
  public static NfsPath of(String path) {
    return ROOT.resolve(path);
  }

  /** Like {@link #of(String)} with the bytes as they are. */
  public static NfsPath ofBytes(byte[] path) {
    return ROOT.resolveBytes(path);
  }

  /** This path followed by the names in {@code relative}, which may hold several. */
  public NfsPath resolve(String relative) {
    return resolveBytes(relative.getBytes(StandardCharsets.UTF_8));
  }

  /** Like {@link #resolve(String)} with the bytes as they are. */
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
   * What is wrong with bytes as the name of an entry of a directory, in words for a person; null
   * where nothing is.
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

  public boolean isRoot() {
    return names.isEmpty();
  }

  /** The directory of this path; the root is its own. */
  public NfsPath parent() {
    return names.isEmpty() ? this : new NfsPath(names.subList(0, names.size() - 1));
  }

  /** The last name as text, bytes that are no UTF-8 replaced; empty for the root. */
  public String name() {
    return names.isEmpty() ? "" : text(names.getLast());
  }

  /** The last name as it travels; empty for the root. */
  public byte[] nameBytes() {
    return names.isEmpty() ? new byte[0] : bytes(names.getLast());
  }

  /** The names from the root down, each as it travels. */
  public List<byte[]> nameList() {
    return names.stream().map(NfsPath::bytes).toList();
  }

  /** The number of names. */
  public int depth() {
    return names.size();
  }

  /** Whether this path is {@code ancestor} or lies below it. */
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
