package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.PrivateFiles;
import io.ferrynfs.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/**
 * Where objects are: for each one a few places (directory and name), the likeliest first. An H2
 * MVStore, so that memory does not grow with the number of files, and a {@link Journal} before it.
 *
 * <p>A place that was put here outlives this process: put returns after the journal has it, which
 * is one write(2). When the journal has grown to {@value #JOURNAL_BYTES_MAX} bytes the store is
 * committed and synced and the journal starts anew; the one who trips over that waits some
 * milliseconds. A crash of the machine may lose what came after the last sync; see {@link
 * IndexedHandles} for what then.
 */
final class HandleIndex implements AutoCloseable {
  private static final long JOURNAL_BYTES_MAX = 4 << 20;
  private static final int CACHE_MB = 16;

  /** The boot of the machine in which the index was opened; removed when it is closed. */
  private static final String OPEN_SINCE = "openSinceBoot";

  private final MVStore store;
  private final MVMap<byte[], byte[]> places;
  private final Journal journal;
  private final MVMap<String, String> about;
  private final Object writing = new Object();
  private final boolean tailLost;

  private HandleIndex(MVStore store, Journal journal, String bootId) {
    this.store = store;
    this.journal = journal;
    this.places =
        store.openMap(
            "places",
            new MVMap.Builder<byte[], byte[]>()
                .keyType(ByteArrayDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
    this.about = store.openMap("about");
    String openSince = about.get(OPEN_SINCE);
    this.tailLost = openSince != null && !openSince.equals(bootId);
    about.put(OPEN_SINCE, bootId);
  }

  /** Whether the machine crashed while the index was open, so that its last entries may be lost. */
  boolean tailLost() {
    return tailLost;
  }

  /**
   * Opens the index in a state directory, taking up what a killed process left in the journal.
   *
   * @throws IOException also when another process has it open
   */
  static HandleIndex open(Path directory) throws IOException {
    MVStore store;
    try {
      store =
          new MVStore.Builder()
              .fileName(PrivateFiles.prepare(directory.resolve("handles.mv")).toString())
              .autoCommitDisabled()
              .cacheSize(CACHE_MB)
              .open();
    } catch (MVStoreException e) {
      throw new IOException("cannot open the index of handles: " + e.getMessage(), e);
    }
    try {
      Journal journal = new Journal(directory.resolve("handles.journal"));
      HandleIndex index = new HandleIndex(store, journal, bootId());
      journal.replay(index::apply);
      index.checkpoint();
      return index;
    } catch (IOException | RuntimeException | Error e) {
      store.closeImmediately();
      throw e;
    }
  }

  private static String bootId() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }

  private void apply(byte[] key, byte @Nullable [] value) {
    if (value == null) {
      places.remove(key);
    } else {
      places.put(key, value);
    }
  }

  /** The places, likeliest first; none for an object that is not known. */
  List<Location> places(ObjectId id) {
    byte[] value = places.get(id.toBytes());
    return value == null ? List.of() : Location.decode(value);
  }

  /** The likeliest place, or null. */
  @Nullable Location place(ObjectId id) {
    List<Location> all = places(id);
    return all.isEmpty() ? null : all.getFirst();
  }

  /** An object was, or is about to be, at this place: it becomes the likeliest. */
  void put(ObjectId id, Location place) throws StorageException {
    byte[] key = id.toBytes();
    byte[] seen = places.get(key);
    if (seen != null && place.isFirstOf(seen)) {
      return;
    }
    synchronized (writing) {
      byte[] old = places.get(key);
      List<Location> all = new ArrayList<>(old == null ? List.of() : Location.decode(old));
      all.remove(place);
      all.addFirst(place);
      while (all.size() > Location.PER_OBJECT_MAX) {
        all.removeLast();
      }
      write(key, Location.encode(all));
    }
  }

  /** An object is no longer at this place. The last place is kept: from there a search begins. */
  void remove(ObjectId id, Location place) throws StorageException {
    byte[] key = id.toBytes();
    synchronized (writing) {
      byte[] old = places.get(key);
      if (old == null) {
        return;
      }
      List<Location> all = Location.decode(old);
      if (all.size() > 1 && all.remove(place)) {
        write(key, Location.encode(all));
      }
    }
  }

  /** An object is gone. */
  void forget(ObjectId id) throws StorageException {
    synchronized (writing) {
      byte[] key = id.toBytes();
      if (places.containsKey(key)) {
        write(key, null);
      }
    }
  }

  private void write(byte[] key, byte @Nullable [] value) throws StorageException {
    try {
      journal.add(key, value);
      journal.flush();
      apply(key, value);
      if (journal.sizeBytes() > JOURNAL_BYTES_MAX) {
        checkpoint();
      }
    } catch (IOException e) {
      throw Errors.io(e);
    } catch (MVStoreException e) {
      throw Errors.io(new IOException(e));
    }
  }

  private void checkpoint() throws IOException {
    store.commit();
    store.sync();
    journal.reset();
  }

  @Override
  public void close() throws StorageException {
    synchronized (writing) {
      try {
        about.remove(OPEN_SINCE);
        checkpoint();
        journal.close();
        store.close();
      } catch (IOException e) {
        store.closeImmediately();
        throw Errors.io(e);
      } catch (MVStoreException e) {
        store.closeImmediately();
        throw Errors.io(new IOException(e));
      }
    }
  }
}
