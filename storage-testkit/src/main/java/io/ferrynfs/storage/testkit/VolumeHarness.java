package io.ferrynfs.storage.testkit;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import java.io.IOException;
import java.util.List;

/** How the kit gets at the volume that it tests: one harness for each test, closed after it. */
public interface VolumeHarness extends AutoCloseable {
  /** The volume, empty at the start of a test. After {@link #reopen} it is the new one. */
  Volume volume();

  /** Closes the volume and opens it again, as a restart of the server would. */
  void reopen() throws Exception;

  /** In whose name most tests call: an ordinary user who may write to the root, where possible. */
  default Caller user() {
    return Caller.of(1000, 1000);
  }

  /**
   * Makes many objects that are no directories in a directory, by the quickest way there is; it
   * need not be durable.
   *
   * @throws Exception which ends the test
   */
  default void populate(Handle directory, List<Name> names) throws Exception {
    for (Name name : names) {
      makeEmpty(directory, name);
    }
  }

  private void makeEmpty(Handle directory, Name name) throws StorageException {
    Caller user = user();
    volume()
        .makeNode(user, directory, name, FileType.FIFO, DeviceNumber.NONE, AttributeChanges.NONE);
  }

  /** Removes everything that the test left behind. */
  @Override
  void close() throws IOException, StorageException;
}
