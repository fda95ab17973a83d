package io.ferrynfs.storage;

/** A receiver of the entries of a directory, one at a time. */
@FunctionalInterface
public interface EntrySink {
  /**
   * Takes an entry. The volume holds no lock during this call.
   *
   * @return false if the sink has no room for the entry; the volume then stops, and the next call
   *     resumes at the cookie of the entry before
   * @throws StorageException to be passed on to the caller of {@link Volume#readDirectory}
   */
  boolean accept(DirectoryEntry entry) throws StorageException;
}
