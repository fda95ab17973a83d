package io.ferrynfs.storage.linux.handle;

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
 * The state of a volume outside its export: its identity and the key of its handles, created once,
 * and the index of handles if there is one. A process that can read the key can forge handles, so
 * only the owner may access the directory.
 *
 * <p>A lock, which ends with the process, admits one volume at a time. Clients would treat two
 * servers with one identity as the same server and lose their state.
 *
 * @param lock holds the lock while it is open
 */
public record StateDirectory(Path path, UUID id, HandleSeal seal, FileChannel lock)
    implements AutoCloseable {
  private static final int IDENTITY_BYTES = 32;

  /** Opens the directory; creates it and an identity if necessary. */
  public static StateDirectory open(Path path) throws IOException {
    Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    requirePrivate(path, Set.of(PosixFilePermission.OTHERS_WRITE));
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
      // This process holds the lock already.
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
    requirePrivate(
        file,
        Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE));
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length != IDENTITY_BYTES) {
      throw new IOException(file + " is damaged; remove it, which makes all handles stale");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    UUID id = new UUID(in.getLong(), in.getLong());
    return new StateDirectory(path, id, new HandleSeal(in.getLong(), in.getLong()), lock);
  }

  /** Releases the lock. */
  @Override
  public void close() throws IOException {
    lock.close();
  }

  private static void requirePrivate(Path path, Set<PosixFilePermission> denied)
      throws IOException {
    if (!Collections.disjoint(Files.getPosixFilePermissions(path), denied)) {
      throw new IOException(path + " is open to others, who could make handles: chmod go-rwx it");
    }
  }

  /** Creates the file atomically, even against another process and a crash of the machine. */
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
      // Another process created it first; use its identity.
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
