package io.ferrynfs.storage.linux.handle;

import io.ferrynfs.storage.PrivateFiles;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
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
 * The places of objects: for each object a few places (directory and name), the most likely one
 * first. The index is an H2 MVStore, so its memory usage does not grow with the number of files. A
 * {@link Journal} precedes it.
 *
 * <p>A place survives this process when {@link #put} has returned, because it is in the journal by
 * then, at the cost of one write(2). When the journal reaches {@value #JOURNAL_BYTES_MAX} bytes,
 * the store is committed and synced and the journal is reset; the call that reaches the limit waits
 * for some milliseconds. A crash of the machine may lose the changes after the last sync; {@link
 * IndexedHandles} describes the consequences.
 */
public final class HandleIndex implements AutoCloseable {
  private static final long JOURNAL_BYTES_MAX = 4 << 20;
  private static final int CACHE_MB = 16;

  /** The key under which the boot id of the machine is stored while the index is open. */
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

  /**
   * Returns whether the machine crashed while the index was open, so that its last changes may be
   * lost.
   */
  public boolean tailLost() {
    return tailLost;
  }

  /**
   * Opens the index in a state directory, and replays the journal of a process that was killed.
   *
   * @throws IOException also if another process has opened the index
   */
  public static HandleIndex open(Path directory) throws IOException {
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

  /** Returns the places of an object, the most likely one first; empty for an unknown object. */
  public List<Location> places(ObjectId id) {
    byte[] value = places.get(id.toBytes());
    return value == null ? List.of() : Location.decode(value);
  }

  /** Returns the most likely place, or null. */
  @Nullable Location place(ObjectId id) {
    List<Location> all = places(id);
    return all.isEmpty() ? null : all.getFirst();
  }

  /** Adds a place that an object has, or is about to get, as its most likely one. */
  public void put(ObjectId id, Location place) throws StorageException {
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

  /**
   * Removes a place that an object has left. The last place remains as the starting point of a
   * search.
   */
  public void remove(ObjectId id, Location place) throws StorageException {
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

  /** Removes an object that no longer exists. */
  public void forget(ObjectId id) throws StorageException {
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
      throw ErrnoStatus.io(e);
    } catch (MVStoreException e) {
      throw ErrnoStatus.io(new IOException(e));
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
        throw ErrnoStatus.io(e);
      } catch (MVStoreException e) {
        store.closeImmediately();
        throw ErrnoStatus.io(new IOException(e));
      }
    }
  }
}
