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
 * The folder of persistent server state. It has a folder for each exported directory, with the data
 * of its filehandles, and a {@link ServerFolder} for each server.
 */
public final class StateFolder {
  private final Path folder;

  /**
   * Names a state folder.
   *
   * @param folder the path; created when it is first needed, with access for this user only
   */
  public StateFolder(Path folder) {
    this.folder = folder;
  }

  /** Returns the default path: /var/lib/ferry for root, else below {@code $XDG_STATE_HOME}. */
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

  /** Returns the folder of an exported directory, and creates it if it does not exist. */
  Path ofExport(Path directory) throws IOException {
    return makePrivate(pathOfExport(directory));
  }

  /** Returns the path of the folder of an exported directory. */
  Path pathOfExport(Path directory) throws IOException {
    return folder.resolve("export-" + digest(directory.toRealPath().toString()));
  }

  /** Returns the folder of this name if it exists. */
  Optional<Path> find(String name) {
    return Optional.of(folder.resolve(name)).filter(Files::isDirectory);
  }

  /** Creates a folder of this name. */
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
