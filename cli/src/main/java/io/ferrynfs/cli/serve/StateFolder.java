package io.ferrynfs.cli.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Where servers keep what must outlive them: for each exported directory what its filehandles need,
 * by the directory, so that a restart finds it again; and a {@link ServerFolder} for each server.
 */
public final class StateFolder {
  private final Path folder;

  /**
   * @param folder made if it is not there, for this user alone
   */
  public StateFolder(Path folder) throws IOException {
    this.folder = folder;
    makePrivate(folder);
  }

  /** The usual place: /var/lib/ferry for root, else below {@code $XDG_STATE_HOME}. */
  public static Path usual() {
    if (System.getProperty("user.name").equals("root")) {
      return Path.of("/var/lib/ferry");
    }
    return Optional.ofNullable(System.getenv("XDG_STATE_HOME"))
        .filter(home -> !home.isEmpty())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "state"))
        .resolve("ferry");
  }

  /** The folder of one exported directory. */
  public Path ofExport(Path directory) throws IOException {
    return makePrivate(folder.resolve("export-" + digest(directory.toRealPath().toString())));
  }

  /** The folder of this name, if there is one. */
  Optional<Path> find(String name) {
    return Optional.of(folder.resolve(name)).filter(Files::isDirectory);
  }

  /** A folder of this name. */
  Path make(String name) throws IOException {
    return makePrivate(folder.resolve(name));
  }

  private static Path makePrivate(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return path;
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
