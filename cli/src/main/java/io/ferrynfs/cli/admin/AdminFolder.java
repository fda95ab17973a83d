package io.ferrynfs.cli.admin;

import io.ferrynfs.cli.base.Machine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one user's administration sockets, with one socket for each address on which a
 * server listens. Only that user may enter it, because anyone who reaches a socket can cancel
 * copies, and a forged socket can impersonate a server.
 *
 * @param path the path of the folder
 * @param uid the required owner; null for any owner, for lookups by root
 */
public record AdminFolder(Path path, @Nullable Long uid) {
  private static final long ROOT = 0;
  private static final Set<PosixFilePermission> OWNER_ALL =
      PosixFilePermissions.fromString("rwx------");

  /** Returns a folder for a server's socket. */
  public static AdminFolder forServer(Path path) {
    return new AdminFolder(path, Machine.uid());
  }

  /** Returns a folder in which to look up a server's socket. */
  public static AdminFolder forLookup(Path path) {
    long uid = Machine.uid();
    return new AdminFolder(path, uid == ROOT ? null : uid);
  }

  /** Returns the default folder of this user's servers. */
  public static AdminFolder usual() {
    return usual(Machine.uid(), System.getenv());
  }

  /** Returns the folders in which servers may have sockets that this user may use. */
  public static List<AdminFolder> known() throws IOException {
    return known(Machine.uid(), System.getenv(), Path.of("/"));
  }

  static AdminFolder usual(long uid, Map<String, String> environment) {
    if (uid == ROOT) {
      return new AdminFolder(Path.of("/run/ferry"), ROOT);
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    // The XDG specification says to ignore a relative path.
    return new AdminFolder(
        runtime.startsWith("/") ? Path.of(runtime, "ferry") : Path.of("/tmp/ferry-" + uid), uid);
  }

  /**
   * Returns the folders to search.
   *
   * @param root the root of the file system; "/" except in tests
   */
  static List<AdminFolder> known(long uid, Map<String, String> environment, Path root)
      throws IOException {
    List<AdminFolder> folders = new ArrayList<>();
    folders.add(usual(uid, environment));
    if (uid == ROOT) {
      for (Path one : children(root.resolve("run/user"))) {
        folders.add(new AdminFolder(one.resolve("ferry"), null));
      }
      for (Path one : children(root.resolve("tmp"))) {
        if (one.getFileName().toString().startsWith("ferry-")) {
          folders.add(new AdminFolder(one, null));
        }
      }
    } else {
      // The environment of a server that was started without a login session lacks XDG_RUNTIME_DIR.
      folders.add(new AdminFolder(root.resolve("run/user/" + uid + "/ferry"), uid));
      folders.add(new AdminFolder(root.resolve("tmp/ferry-" + uid), uid));
    }
    return folders.stream().distinct().toList();
  }

  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    }
  }

  /** Returns the socket of the server that listens on this address. */
  Path socket(InetSocketAddress address) {
    return path.resolve(address.getAddress().getHostAddress() + "-" + address.getPort() + ".sock");
  }

  /**
   * Creates the folder if it does not exist, with access for its user only.
   *
   * @throws IOException if it exists with another owner or mode
   */
  void make() throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ALL));
    } catch (FileAlreadyExistsException there) {
      // It may come from an earlier server or from an attacker, so its owner and mode are checked
      // below.
    }
    check();
  }

  /**
   * Checks the folder.
   *
   * @throws IOException if another user may have created files in it
   */
  void check() throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isDirectory()) {
      throw new IOException(path + " is not a directory");
    }
    int owner = (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if (uid != null && Integer.toUnsignedLong(owner) != uid) {
      throw new IOException(
          path + " belongs to user " + Integer.toUnsignedString(owner) + ", not to " + uid);
    }
    Set<PosixFilePermission> others = new HashSet<>(found.permissions());
    others.removeAll(OWNER_ALL);
    if (!others.isEmpty()) {
      throw new IOException(path + " is open to other users; run: chmod 700 " + path);
    }
  }
}
