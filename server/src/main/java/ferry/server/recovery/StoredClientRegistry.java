package ferry.server.recovery;

import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
 * A registry in a file, an H2 MVStore: each {@link #write} appends one chunk with a checksum and
 * syncs it, so that a process or a machine that dies leaves either all of it or nothing.
 *
 * <p>A file that is damaged all the same is put aside and nothing of it believed.
 */
public final class StoredClientRegistry implements ClientRegistry, AutoCloseable {
  private static final Logger LOG = System.getLogger(StoredClientRegistry.class.getName());
  private static final int CACHE_MB = 1;

  private final Path file;
  private final MVStore store;
  private final MVMap<byte[], Integer> clients;
  private final Map<ClientKey, Integer> found;

  private StoredClientRegistry(Path file, MVStore store) {
    this.file = file;
    this.store = store;
    clients =
        store.openMap(
            "clients", new MVMap.Builder<byte[], Integer>().keyType(ByteArrayDataType.INSTANCE));
    found = new HashMap<>();
    clients.forEach((key, seconds) -> found.put(ClientKey.ofBytes(key), seconds));
  }

  /**
   * Opens the registry in this file, or makes one.
   *
   * @throws IOException also when another process has it open
   */
  public static StoredClientRegistry open(Path file) throws IOException {
    try {
      return read(file);
    } catch (MVStoreException e) {
      if (e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
        throw new IOException(file + " is in use by another server", e);
      }
      if (isFailure(e)) {
        throw new IOException(file + ": " + e.getMessage(), e);
      }
      putAside(file, e);
    } catch (RuntimeException e) {
      putAside(file, e);
    }
    try {
      return read(file);
    } catch (RuntimeException e) {
      throw new IOException(file + " cannot be made: " + e.getMessage(), e);
    }
  }

  private static StoredClientRegistry read(Path file) throws IOException {
    boolean isNew = !Files.exists(file);
    MVStore store =
        new MVStore.Builder()
            .fileName(file.toString())
            .autoCommitDisabled()
            .cacheSize(CACHE_MB)
            .open();
    try {
      StoredClientRegistry registry = new StoredClientRegistry(file, store);
      registry.commit();
      if (isNew) {
        syncFolderOf(file);
      }
      return registry;
    } catch (IOException | RuntimeException | Error e) {
      store.closeImmediately();
      throw e;
    }
  }

  /** Whether the disk or the system refused, which says nothing about what is in the file. */
  private static boolean isFailure(MVStoreException e) {
    return switch (e.getErrorCode()) {
      case DataUtils.ERROR_WRITING_FAILED -> true;
      case DataUtils.ERROR_READING_FAILED -> !(e.getCause() instanceof EOFException);
      default -> false;
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
    try {
      changes.forEach((client, seconds) -> {
        if (seconds == null) {
          clients.remove(client.toBytes());
        } else {
          clients.put(client.toBytes(), seconds);
        }
      });
    } catch (MVStoreException e) {
      throw new IOException(e);
    }
    commit();
  }

  private void commit() throws IOException {
    try {
      store.commit();
      store.sync();
    } catch (MVStoreException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void discard() throws IOException {
    store.closeImmediately();
    Files.deleteIfExists(file);
    syncFolderOf(file);
  }

  /** Everything has been written before. */
  @Override
  public void close() {
    store.closeImmediately();
  }
}
