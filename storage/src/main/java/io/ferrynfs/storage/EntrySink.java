package io.ferrynfs.storage;

/** Takes the entries of a directory, one by one. */
@FunctionalInterface
public interface EntrySink {
  /**
   * Takes an entry. No lock of the volume is held meanwhile.
   *
   * @return false if the entry was not taken because there is no room for it; then it was the last
   *     offered, and reading goes on at the cookie of the one before
   * @throws StorageException passed on to the caller of {@link Volume#readDirectory}
   */
  boolean accept(DirectoryEntry entry) throws StorageException;
}
