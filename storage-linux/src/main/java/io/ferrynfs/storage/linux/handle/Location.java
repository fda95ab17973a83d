package io.ferrynfs.storage.linux.handle;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A place of an object: a directory and a name in it. A file with hard links has several. */
public final class Location {
  /** The maximum number of stored places. Further hard links are found by a search. */
  public static final int PER_OBJECT_MAX = 4;

  private final ObjectId parent;
  private final byte[] name;

  public Location(ObjectId parent, byte[] name) {
    this.parent = parent;
    this.name = name;
  }

  public ObjectId parent() {
    return parent;
  }

  public byte[] name() {
    return name;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Location that
        && parent.equals(that.parent)
        && Arrays.equals(name, that.name);
  }

  @Override
  public int hashCode() {
    return parent.hashCode() * 31 + Arrays.hashCode(name);
  }

  public static byte[] encode(List<Location> locations) {
    int size = 0;
    for (Location location : locations) {
      size += ObjectId.BYTES + 2 + location.name.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    for (Location location : locations) {
      out.put(location.parent.toBytes()).putShort((short) location.name.length).put(location.name);
    }
    return out.array();
  }

  public static List<Location> decode(byte[] bytes) {
    List<Location> locations = new ArrayList<>(1);
    int at = 0;
    while (at < bytes.length) {
      int length = (bytes[at + 16] & 0xff) << 8 | (bytes[at + 17] & 0xff);
      int end = at + 18 + length;
      locations.add(new Location(ObjectId.get(bytes, at), Arrays.copyOfRange(bytes, at + 18, end)));
      at = end;
    }
    return locations;
  }

  /** Returns whether {@code bytes} encodes a list that begins with this place. */
  public boolean isFirstOf(byte[] bytes) {
    return bytes.length >= 18 + name.length
        && ((bytes[16] & 0xff) << 8 | (bytes[17] & 0xff)) == name.length
        && ObjectId.get(bytes, 0).equals(parent)
        && Arrays.equals(bytes, 18, 18 + name.length, name, 0, name.length);
  }
}
