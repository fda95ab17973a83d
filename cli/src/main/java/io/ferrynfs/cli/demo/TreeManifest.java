package io.ferrynfs.cli.demo;

import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.FileKind;
import io.ferrynfs.cli.place.Listing;
import io.ferrynfs.cli.place.Place;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The contents and attributes of a tree, by path below its root. */
final class TreeManifest {
  private static final int BUFFER_BYTES = 1 << 20;

  /**
   * A file.
   *
   * @param content the SHA-256 of a regular file, the target of a symbolic link, else empty
   * @param firstName the first path of this file in order, which differs from its own for a hard
   *     link
   */
  record Line(
      FileKind kind,
      int mode,
      String owner,
      String group,
      long sizeBytes,
      Instant modifyTime,
      String content,
      String firstName) {}

  private final Map<String, Line> lines = new TreeMap<>();
  private long bytes;

  private TreeManifest() {}

  /** Reads a whole tree, including file contents. */
  static TreeManifest of(Place top) throws IOException {
    TreeManifest manifest = new TreeManifest();
    manifest.walk(top, "", new HashMap<>());
    return manifest;
  }

  private void walk(Place directory, String prefix, Map<Object, Line> seen) throws IOException {
    List<Listing.Entry> entries = new ArrayList<>();
    try (Listing listed = directory.list()) {
      for (Listing.Item item = listed.next(); item != null; item = listed.next()) {
        switch (item) {
          case Listing.Entry entry -> entries.add(entry);
          case Listing.Unusable(String shown, IOException why) ->
              throw new IOException(shown + " cannot be compared", why);
        }
      }
    }
    entries.sort((a, b) -> name(a.place()).compareTo(name(b.place())));
    for (Listing.Entry entry : entries) {
      String path = prefix + name(entry.place());
      lines.put(path, line(entry, path, seen));
      if (entry.info().isDirectory()) {
        walk(entry.place(), path + "/", seen);
      }
    }
  }

  private Line line(Listing.Entry entry, String path, Map<Object, Line> seen) throws IOException {
    FileInfo info = entry.info();
    @Nullable Line first = info.isRegular() ? seen.get(info.identity()) : null;
    if (first != null) {
      return first;
    }
    boolean sized = info.isRegular();
    Line line =
        new Line(
            info.kind(),
            info.isSymlink() ? 0 : info.mode(),
            info.owner(),
            info.group(),
            sized ? info.sizeBytes() : 0,
            info.modifyTime(),
            content(entry),
            path);
    bytes += line.sizeBytes();
    seen.put(info.identity(), line);
    return line;
  }

  private static String content(Listing.Entry entry) throws IOException {
    return switch (entry.info().kind()) {
      case REGULAR -> sha256(entry.place());
      case SYMLINK -> Printable.name(entry.place().readSymlink());
      default -> "";
    };
  }

  private static String sha256(Place file) throws IOException {
    try (InputStream in = file.read()) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String name(Place place) {
    return Printable.name(place.nameBytes());
  }

  int size() {
    return lines.size();
  }

  /** Returns the bytes of all regular files, hard links counted once. */
  long bytes() {
    return bytes;
  }

  /** Returns the differences, one line each. */
  List<String> differences(TreeManifest other) {
    List<String> differences = new ArrayList<>();
    lines.forEach((path, line) -> {
      Line otherLine = other.lines.get(path);
      if (otherLine == null) {
        differences.add(path + " is missing");
      } else if (!otherLine.equals(line)) {
        differences.add(path + ": " + line + " became " + otherLine);
      }
    });
    other.lines.keySet().stream()
        .filter(path -> !lines.containsKey(path))
        .forEach(path -> differences.add(path + " is unexpected"));
    return differences;
  }
}
