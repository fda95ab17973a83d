package io.ferrynfs.cli.serve;

import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.storage.PrivateFiles;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one server's identity and client registry.
 *
 * <p>The folder of each exported directory names it, so the server finds it again when exports are
 * added, removed or reordered. It is locked while the server runs, because no two servers may have
 * the same identity.
 */
final class ServerFolder implements AutoCloseable {
  private static final int NAME_BYTES = 16;
  private static final String NAME = "server-id";
  private static final String LOCK = "server-lock";

  /** The file in the folder of an exported directory that names the server's folder. */
  private static final String POINTER = "server-folder";

  private final StateFolder state;
  private final Path folder;
  private final FileChannel lock;

  private ServerFolder(StateFolder state, Path folder, FileChannel lock) {
    this.state = state;
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Opens the folder of the server that served one of these directories; the first that is found is
   * used. Creates a folder if there is none, or if all are in use by other servers.
   */
  static ServerFolder open(StateFolder state, List<Path> exports, RandomSource random)
      throws IOException {
    Set<Path> candidates = new LinkedHashSet<>();
    List<Path> folders = new ArrayList<>();
    for (Path export : exports) {
      Path exportFolder = state.ofExport(export);
      folders.add(exportFolder);
      named(state, exportFolder).ifPresent(candidates::add);
    }
    folders.stream()
        .filter(exportFolder -> Files.exists(exportFolder.resolve(NAME)))
        .forEach(candidates::add);
    candidates.add(folders.getFirst());
    ServerFolder found = null;
    for (Path candidate : candidates) {
      found = found == null ? lock(state, candidate) : found;
    }
    while (found == null) {
      found = lock(state, state.make("server-" + hex(random)));
    }
    found.remember(exports);
    return found;
  }

  private static Optional<Path> named(StateFolder state, Path exportFolder) throws IOException {
    Path pointer = exportFolder.resolve(POINTER);
    if (!Files.exists(pointer)) {
      return Optional.empty();
    }
    String name = Files.readString(pointer).strip();
    return name.matches("(export|server)-[0-9a-f]+") ? state.find(name) : Optional.empty();
  }

  private static @Nullable ServerFolder lock(StateFolder state, Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(PrivateFiles.prepare(folder.resolve(LOCK)), StandardOpenOption.WRITE);
    boolean isLocked = false;
    try {
      isLocked = channel.tryLock() != null;
    } catch (OverlappingFileLockException here) {
      // Another server of this process has the lock.
    } finally {
      if (!isLocked) {
        channel.close();
      }
    }
    return isLocked ? new ServerFolder(state, folder, channel) : null;
  }

  /** Makes these directories name this folder. */
  void remember(List<Path> exports) throws IOException {
    for (Path export : exports) {
      write(state.ofExport(export).resolve(POINTER), String.valueOf(folder.getFileName()));
    }
  }

  /**
   * Returns the server's identity, created at the first start. Clients treat servers with the same
   * identity as one server (RFC 8881 section 2.10.4), so it must be unique and permanent.
   */
  Opaque identity(RandomSource random) throws IOException {
    Path file = folder.resolve(NAME);
    if (Files.exists(file)) {
      return Opaque.ofUtf8(Files.readString(file).strip());
    }
    String name = "ferry-" + hex(random);
    write(file, name);
    return Opaque.ofUtf8(name);
  }

  /** Returns the path of the folder. */
  Path path() {
    return folder;
  }

  /** Returns the file of the client registry. */
  Path clients() {
    return folder.resolve("clients.mv");
  }

  private static String hex(RandomSource random) {
    return HexFormat.of().formatHex(random.bytes(NAME_BYTES));
  }

  private static void write(Path file, String line) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(PrivateFiles.prepare(fresh), line + "\n");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Unlocks the folder for another server. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
