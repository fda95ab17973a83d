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
 * The folder of one user's administration sockets, a socket for each address that a server listens
 * at. Nobody but that user may enter it: whoever could would end other people's copies, or pretend
 * to be a server.
 *
 * @param path of the folder
 * @param uid whose it must be; null for anybody's, which only root looks at
 */
public record AdminFolder(Path path, @Nullable Long uid) {
  private static final long ROOT = 0;
  private static final Set<PosixFilePermission> OWNER_ALL =
      PosixFilePermissions.fromString("rwx------");

  /** A folder that the user named for a server's socket. */
  public static AdminFolder toServeIn(Path path) {
    return new AdminFolder(path, Machine.uid());
  }

  /** A folder that the user named to look for a server's socket. */
  public static AdminFolder toLookIn(Path path) {
    long uid = Machine.uid();
    return new AdminFolder(path, uid == ROOT ? null : uid);
  }

  /** Where this user's servers have their sockets. */
  public static AdminFolder usual() {
    return usual(Machine.uid(), System.getenv());
  }

  /** Where servers may have theirs, as far as this user can know. */
  public static List<AdminFolder> known() throws IOException {
    return known(Machine.uid(), System.getenv(), Path.of("/"));
  }

  static AdminFolder usual(long uid, Map<String, String> environment) {
    if (uid == ROOT) {
      return new AdminFolder(Path.of("/run/ferry"), ROOT);
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    // Absolute, says the XDG specification, or to be ignored.
    return new AdminFolder(
        runtime.startsWith("/") ? Path.of(runtime, "ferry") : Path.of("/tmp/ferry-" + uid), uid);
  }

  /**
   * @param root of the file system, "/" but for tests
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
      // A server that was started without a login session does not know of the former.
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

  /** The socket of the server that listens at this address. */
  Path socket(InetSocketAddress address) {
    return path.resolve(address.getAddress().getHostAddress() + "-" + address.getPort() + ".sock");
  }

  /**
   * Makes the folder, if it is not there, for its user alone.
   *
   * @throws IOException if it is there and is not as it must be
   */
  void make() throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ALL));
    } catch (FileAlreadyExistsException there) {
      // Made by an earlier server, or by somebody who waits for one: looked at below.
    }
    check();
  }

  /**
   * @throws IOException if others than its user might have put something there
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
      throw new IOException(path + " is open to others; mend with: chmod 700 " + path);
    }
  }
}
