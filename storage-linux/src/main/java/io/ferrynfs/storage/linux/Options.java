package io.ferrynfs.storage.linux;

import java.nio.file.Path;

/**
 * How a {@link LinuxVolume} is opened.
 *
 * @param stateDirectory where the volume keeps its identity, the key of its handles and, in {@link
 *     HandleMode#INDEX}, the index of handles; made if it is not there; for this volume alone, and
 *     not inside the exported directory. Handles survive as long as it does
 * @param handleMode how handles are made
 * @param namesDurable whether a call that changes names or attributes returns only when the change
 *     is on the disk, as {@link io.ferrynfs.storage.Volume} promises. An operator may give that up
 * @param changedObjectsMax of how many objects, changed last, the change attribute is kept exact
 * @param searchEntriesMax how many directory entries one search for an object that others have
 *     moved may look at
 */
public record Options(
    Path stateDirectory,
    HandleMode handleMode,
    boolean namesDurable,
    int changedObjectsMax,
    long searchEntriesMax) {

  /** How handles are made. */
  public enum HandleMode {
    /** By the kernel where it lets this process, with an index otherwise. */
    AUTO,
    /** By the kernel; opening fails where that is not possible. */
    KERNEL,
    /** With an index in the state directory: for ordinary users, and for any filesystem. */
    INDEX
  }

  /** The defaults: {@link HandleMode#AUTO}, durable. */
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
