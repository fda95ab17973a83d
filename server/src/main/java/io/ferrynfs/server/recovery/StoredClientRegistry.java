package io.ferrynfs.server.recovery;

import io.ferrynfs.server.ClientKey;
import io.ferrynfs.server.ClientRegistry;
import io.ferrynfs.storage.PrivateFiles;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/**
 * A registry in a file, an H2 MVStore. Each {@link #write} appends one chunk with a checksum and
 * syncs it, so that a crash leaves all of it or nothing. A file that has grown too large for its
 * contents is replaced by a compact one.
 *
 * <p>A damaged file is moved aside and its contents are ignored.
 */
public final class StoredClientRegistry implements ClientRegistry, AutoCloseable {
  private static final Logger LOG = System.getLogger(StoredClientRegistry.class.getName());
  private static final int CACHE_MB = 1;

  /** A new file may grow to a multiple of its size plus this many bytes. */
  private static final long GROWTH_BYTES_MAX = 256 << 10;

  private static final int GROWTH_FACTOR = 4;

  private final Path file;
  private final Map<ClientKey, Integer> found;
  private MVStore store;
  private long bytesMax;

  private StoredClientRegistry(Path file, MVStore store) {
    this.file = file;
    this.store = store;
    found = new HashMap<>();
    clients(store).forEach((key, seconds) -> found.put(ClientKey.ofBytes(key), seconds));
  }

  private static MVMap<byte[], Integer> clients(MVStore store) {
    return store.openMap(
        "clients", new MVMap.Builder<byte[], Integer>().keyType(ByteArrayDataType.INSTANCE));
  }

  /**
   * Opens the registry in this file or creates one.
   *
   * @throws IOException also if another process has it open
   */
  public static StoredClientRegistry open(Path file) throws IOException {
    try {
      return read(file);
    } catch (MVStoreException e) {
      if (e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
        throw new IOException(file + " is in use by another server", e);
      }
      if (isFailure(e)) {
        throw failed(file, e);
      }
      putAside(file, e);
    } catch (RuntimeException e) {
      putAside(file, e);
    }
    try {
      return read(file);
    } catch (RuntimeException e) {
      throw failed(file, e);
    }
  }

  /** Returns why {@link #open} failed, without the name of the file. */
  public static String reason(IOException failure) {
    return switch (failure) {
      case AccessDeniedException denied -> "permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(failure.getMessage());
    };
  }

  private static StoredClientRegistry read(Path file) throws IOException {
    MVStore store = openStore(file);
    StoredClientRegistry registry;
    try {
      registry = new StoredClientRegistry(file, store);
    } catch (RuntimeException | Error e) {
      store.closeImmediately();
      throw e;
    }
    try {
      registry.compact();
      return registry;
    } catch (IOException | RuntimeException | Error e) {
      registry.close();
      throw e;
    }
  }

  private static MVStore openStore(Path file) throws IOException {
    return new MVStore.Builder()
        .fileName(PrivateFiles.prepare(file).toString())
        .autoCommitDisabled()
        .cacheSize(CACHE_MB)
        .open();
  }

  /** Replaces the file by a compact one with the same clients. */
  private void compact() throws IOException {
    Path freshFile = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(freshFile);
    MVStore fresh;
    try {
      fresh = openStore(freshFile);
    } catch (MVStoreException e) {
      throw failed(freshFile, e);
    }
    try {
      clients(fresh).putAll(clients(store));
      commit(fresh);
      bytesMax = GROWTH_FACTOR * Files.size(freshFile) + GROWTH_BYTES_MAX;
      Files.move(freshFile, file, StandardCopyOption.ATOMIC_MOVE);
      syncFolderOf(file);
    } catch (MVStoreException e) {
      fresh.closeImmediately();
      throw failed(freshFile, e);
    } catch (IOException | RuntimeException | Error e) {
      fresh.closeImmediately();
      throw e;
    }
    store.closeImmediately();
    store = fresh;
  }

  /**
   * Returns whether the disk or the system failed, which does not mean that the file is damaged.
   */
  private static boolean isFailure(MVStoreException e) {
    return switch (e.getErrorCode()) {
      case DataUtils.ERROR_WRITING_FAILED -> true;
      case DataUtils.ERROR_READING_FAILED -> !(e.getCause() instanceof EOFException);
      default -> false;
    };
  }

  /** Returns an exception with the path and the system's message instead of the library's. */
  private static IOException failed(Path path, Throwable failure) {
    Throwable cause = failure;
    while (!(cause instanceof IOException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new IOException(path + ": " + reason(cause), failure);
  }

  private static String reason(Throwable cause) {
    return switch (cause) {
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      default -> cause.getMessage() == null ? cause.toString() : cause.getMessage();
    };
  }

  private static void putAside(Path file, RuntimeException damage) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".damaged");
    LOG.log(
        Level.WARNING,
        () ->
            file + " is damaged, now " + aside + "; no client may reclaim: " + damage.getMessage());
    Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    syncFolderOf(file);
  }

  private static void syncFolderOf(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    }
  }

  @Override
  public Map<ClientKey, Integer> load() {
    return Map.copyOf(found);
  }

  @Override
  public void write(Map<ClientKey, @Nullable Integer> changes) throws IOException {
    MVMap<byte[], Integer> clients = clients(store);
    try {
      changes.forEach((client, seconds) -> {
        if (seconds == null) {
          clients.remove(client.toBytes());
        } else {
          clients.put(client.toBytes(), seconds);
        }
      });
      commit(store);
    } catch (MVStoreException e) {
      throw failed(file, e);
    }
    if (Files.size(file) > bytesMax) {
      compact();
    }
  }

  private static void commit(MVStore store) {
    store.commit();
    store.sync();
  }

  @Override
  public void discard() throws IOException {
    store.closeImmediately();
    Files.deleteIfExists(file);
    syncFolderOf(file);
  }

  @Override
  public void begin() throws IOException {
    MVStore fresh;
    try {
      fresh = openStore(file);
    } catch (MVStoreException e) {
      throw failed(file, e);
    }
    store = fresh;
    bytesMax = GROWTH_BYTES_MAX;
    syncFolderOf(file);
  }

  /** Closes the file. All changes are durable already. */
  @Override
  public void close() {
    store.closeImmediately();
  }
}
