package io.ferrynfs.storage.linux;

import java.nio.file.Path;

/**
 * The options of a {@link LinuxVolume}.
 *
 * @param stateDirectory the directory for the identity of the volume, the key of its handles and,
 *     with {@link HandleMode#INDEX}, the index of handles. It is created if necessary, serves one
 *     volume only and must be outside the exported directory. Handles remain valid while it exists
 * @param handleMode the kind of handles
 * @param namesDurable whether a call that changes names or attributes returns only when the change
 *     is on the disk, as {@link io.ferrynfs.storage.Volume} requires; an operator may waive this
 * @param changedObjectsMax the number of most recently changed objects whose change attribute is
 *     exact
 * @param searchEntriesMax the maximum number of directory entries that a search for an object may
 *     read after another process has moved it
 */
public record Options(
    Path stateDirectory,
    HandleMode handleMode,
    boolean namesDurable,
    int changedObjectsMax,
    long searchEntriesMax) {

  /** The kind of handles. */
  public enum HandleMode {
    /** Kernel handles if this process may use them, an index otherwise. */
    AUTO,
    /** Kernel handles; opening the volume fails if this process cannot use them. */
    KERNEL,
    /** An index in the state directory, which works for ordinary users and on any filesystem. */
    INDEX
  }

  /** Returns the default options: {@link HandleMode#AUTO}, durable. */
  public static Options of(Path stateDirectory) {
    return new Options(stateDirectory, HandleMode.AUTO, true, 65_536, 500_000);
  }

  public Options withHandleMode(HandleMode value) {
    return new Options(stateDirectory, value, namesDurable, changedObjectsMax, searchEntriesMax);
  }

  public Options withNamesDurable(boolean value) {
    return new Options(stateDirectory, handleMode, value, changedObjectsMax, searchEntriesMax);
  }

  public Options withChangedObjectsMax(int value) {
    return new Options(stateDirectory, handleMode, namesDurable, value, searchEntriesMax);
  }

  public Options withSearchEntriesMax(long value) {
    return new Options(stateDirectory, handleMode, namesDurable, changedObjectsMax, value);
  }
}
