package ferry.storage.kit;

import ferry.storage.Caller;
import ferry.storage.Volume;

/** How the kit gets at the volume that it tests: one harness for each test, closed after it. */
public interface VolumeHarness extends AutoCloseable {
  /** The volume, empty at the start of a test. After {@link #reopen} it is the new one. */
  Volume volume();

  /** Closes the volume and opens it again, as a restart of the server would. */
  void reopen();

  /** In whose name most tests call: an ordinary user who may write to the root, where possible. */
  Caller user();

  /** Removes everything that the test left behind. */
  @Override
  void close();
}
