package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Place;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * A set of names or files, stored as 64-bit hashes so that millions take little memory. At ten
 * million entries the probability of a false match is one in a million. Safe for use by several
 * threads.
 */
public final class Fingerprints {
  private static final int FIRST_SLOTS = 16;

  /** Marks a free slot. A hash with this value is stored as 1. */
  private static final long FREE = 0;

  /** Distinguishes hashes of identities from hashes of names. */
  private static final long IDENTITIES = 0x5bd1e995_7b1c9f33L;

  private long[] slots = new long[FIRST_SLOTS];
  private int size;

  /** Returns the hash of a text. */
  public static long of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the hash of a name. */
  public static long of(byte[] name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name) {
      hash = mixed(hash ^ b) + 0x9e3779b97f4a7c15L;
    }
    return mixed(hash);
  }

  /** Returns the hash of a file's identity, independent of its name. */
  static long of(FileInfo info) {
    return mixed(mixed(info.identity().hashCode() + IDENTITIES) ^ info.kind().letter());
  }

  /** Returns the hash of a file's name, identity, size and time. */
  static long of(Place place, FileInfo info) {
    long hash = of(place.spelled());
    hash = mixed(hash ^ info.identity().hashCode());
    hash = mixed(hash ^ info.kind().letter());
    hash = mixed(hash ^ info.sizeBytes());
    Instant time = info.modifyTime();
    return mixed(mixed(hash ^ time.getEpochSecond()) ^ time.getNano());
  }

  private static long mixed(long value) {
    long x = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    x = (x ^ (x >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return x ^ (x >>> 33);
  }

  /**
   * Adds a hash.
   *
   * @return whether it was absent
   */
  public synchronized boolean add(long fingerprint) {
    if (size * 2 >= slots.length) {
      grow();
    }
    if (!put(fingerprint == FREE ? 1 : fingerprint)) {
      return false;
    }
    size++;
    return true;
  }

  /** Returns whether the set has a hash. */
  public synchronized boolean contains(long fingerprint) {
    long value = fingerprint == FREE ? 1 : fingerprint;
    return slots[slotOf(value)] == value;
  }

  private boolean put(long value) {
    int slot = slotOf(value);
    boolean isNew = slots[slot] == FREE;
    slots[slot] = value;
    return isNew;
  }

  private int slotOf(long value) {
    int mask = slots.length - 1;
    int slot = (int) mixed(value) & mask;
    while (slots[slot] != FREE && slots[slot] != value) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[old.length * 2];
    Arrays.stream(old).filter(value -> value != FREE).forEach(this::put);
  }
}
