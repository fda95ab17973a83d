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
 * Where one server keeps its name, and the clients that may reclaim after a restart. It is found by
 * any of the directories that the server has exported, whose folders name it; so it is the same one
 * when exports come, go or stand in another order. Locked as long as the server runs, for no two
 * may have one name.
 */
final class ServerFolder implements AutoCloseable {
  private static final int NAME_BYTES = 16;
  private static final String NAME = "server-id";
  private static final String LOCK = "server-lock";

  /** In the folder of an exported directory: the name of the server's folder. */
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
   * The folder of the server that has served one of these directories, the first of them that
   * counts; a new one when there was none, or it is in use because that server goes on without that
   * directory.
   */
  static ServerFolder open(StateFolder state, List<Path> exports, RandomSource random)
      throws IOException {
    Set<Path> candidates = new LinkedHashSet<>();
    List<Path> folders = new ArrayList<>();
    for (Path export : exports) {
      Path own = state.ofExport(export);
      folders.add(own);
      named(state, own).ifPresent(candidates::add);
    }
    folders.stream().filter(own -> Files.exists(own.resolve(NAME))).forEach(candidates::add);
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

  private static Optional<Path> named(StateFolder state, Path own) throws IOException {
    Path pointer = own.resolve(POINTER);
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
      // Another server of this process has it.
    } finally {
      if (!isLocked) {
        channel.close();
      }
    }
    return isLocked ? new ServerFolder(state, folder, channel) : null;
  }

  /** From now on these directories lead here. */
  void remember(List<Path> exports) throws IOException {
    for (Path export : exports) {
      write(state.ofExport(export).resolve(POINTER), String.valueOf(folder.getFileName()));
    }
  }

  /**
   * The server's name, made at the first start. A client takes a server with the same name for the
   * same server (RFC 8881 section 2.10.4), so it must be no other's, and stay.
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

  /** Where it is. */
  Path path() {
    return folder;
  }

  /** Where the server keeps who may reclaim after a restart. */
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

  /** Another server may have it. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
