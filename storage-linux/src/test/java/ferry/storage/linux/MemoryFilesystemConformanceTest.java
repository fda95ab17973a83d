package ferry.storage.linux;

import ferry.storage.kit.VolumeConformance;
import ferry.storage.kit.VolumeHarness;
import ferry.storage.linux.Options.HandleMode;
import java.nio.file.Path;

/** On tmpfs, whose handles, directory positions and limits are others than those of a disk. */
class MemoryFilesystemConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return LinuxHarness.of(Path.of("/dev/shm"), HandleMode.AUTO);
  }
}
