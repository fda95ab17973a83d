package io.ferrynfs.storage.linux;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
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
 *
 * <p>One volume has it at a time, by a lock that ends with the process: two servers with one
 * identity would be one server to clients, which then find their state in neither.
 *
 * @param lock holds the lock for as long as it is open
 */
record StateDirectory(Path path, UUID id, HandleSeal seal, FileChannel lock)
    implements AutoCloseable {
  private static final int IDENTITY_BYTES = 32;

  /** Opens the directory, making it and an identity if there is none. */
  static StateDirectory open(Path path) throws IOException {
    Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    refuseOthers(path, Set.of(PosixFilePermission.OTHERS_WRITE));
    FileChannel lock = lock(path);
    try {
      return open(path, lock);
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve("lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // This very process has it.
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException(
        path + " is in use by another server: stop that one, or keep the state elsewhere");
  }

  private static StateDirectory open(Path path, FileChannel lock) throws IOException {
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
    return new StateDirectory(path, id, new HandleSeal(in.getLong(), in.getLong()), lock);
  }

  /** Lets another volume have it. */
  @Override
  public void close() throws IOException {
    lock.close();
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
