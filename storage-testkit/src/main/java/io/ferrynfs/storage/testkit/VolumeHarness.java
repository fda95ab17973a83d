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

/**
 * The access of the kit to the volume under test. Each test gets a new harness and closes it at the
 * end.
 */
public interface VolumeHarness extends AutoCloseable {
  /**
   * Returns the volume, which is empty at the start of a test. After {@link #reopen} this is the
   * reopened volume.
   */
  Volume volume();

  /**
   * Closes the volume and opens it again, as a restart of the server does.
   *
   * @throws Exception to fail the test
   */
  void reopen() throws Exception;

  /**
   * Returns the caller of most tests: an ordinary user with write permission on the root, if
   * possible.
   */
  default Caller user() {
    return Caller.of(1000, 1000);
  }

  /**
   * Creates many objects that are not directories in a directory, by the fastest available method.
   * The objects need not be durable.
   *
   * @throws Exception to fail the test
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

  /**
   * Removes everything that the test created.
   *
   * @throws IOException to fail the test
   * @throws StorageException to fail the test
   */
  @Override
  void close() throws IOException, StorageException;
}
