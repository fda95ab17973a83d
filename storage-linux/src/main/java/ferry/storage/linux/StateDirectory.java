package ferry.storage.linux;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Set;
import java.util.UUID;

/**
 * What a volume keeps outside of the directory that it exports: its identity and the key of its
 * handles, made once, and the index where handles need one. Whoever can read the key can make
 * handles, so the directory is for its owner only.
 */
record StateDirectory(Path path, UUID id, HandleSeal seal) {
  private static final int IDENTITY_BYTES = 32;

  /** Opens the directory, making it and an identity if there is none. */
  static StateDirectory open(Path path) throws IOException {
    Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    refuseOthers(path, Set.of(PosixFilePermission.OTHERS_WRITE));
    Path file = path.resolve("identity");
    if (!Files.exists(file)) {
      create(path, file);
    }
    refuseOthers(
        file,
        Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE));
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length != IDENTITY_BYTES) {
      throw new IOException(file + " is damaged: remove it, and all handles become stale");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    UUID id = new UUID(in.getLong(), in.getLong());
    return new StateDirectory(path, id, new HandleSeal(in.getLong(), in.getLong()));
  }

  private static void refuseOthers(Path path, Set<PosixFilePermission> denied) throws IOException {
    if (!Collections.disjoint(Files.getPosixFilePermissions(path), denied)) {
      throw new IOException(path + " is open to others, who could make handles: chmod go-rwx it");
    }
  }

  /**
   * Whole or not at all, also when two processes do it at once or the machine crashes meanwhile.
   */
  private static void create(Path directory, Path file) throws IOException {
    byte[] bytes = random();
    bytes[6] = (byte) ((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (byte) ((bytes[8] & 0x3f) | 0x80);
    Path temporary =
        Files.createTempFile(
            directory,
            "identity",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(bytes));
      out.force(true);
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      // Another process was first; its identity is as good.
      return;
    } finally {
      Files.delete(temporary);
    }
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  private static byte[] random() throws IOException {
    try (InputStream in = Files.newInputStream(Path.of("/dev/urandom"))) {
      byte[] bytes = new byte[IDENTITY_BYTES];
      new DataInputStream(in).readFully(bytes);
      return bytes;
    }
  }
}
