package io.ferrynfs.storage;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that only the server's user can access, because a process that reads them could forge
 * handles or pose as a client.
 */
public final class PrivateFiles {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private PrivateFiles() {}

  /**
   * Creates a file that only this user can read and write, or restricts an existing one. Call it
   * before a library opens the file, because the library would create it with the default
   * permissions. An existing file keeps its contents.
   *
   * @return the same path
   * @throws IOException if the file cannot be created or restricted
   */
  public static Path prepare(Path file) throws IOException {
    try {
      return Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER));
    } catch (FileAlreadyExistsException there) {
      if (!Files.getPosixFilePermissions(file).equals(OWNER)) {
        Files.setPosixFilePermissions(file, OWNER);
      }
      return file;
    }
  }
}
