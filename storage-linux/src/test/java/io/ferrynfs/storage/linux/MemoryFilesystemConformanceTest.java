package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;
import java.nio.file.Path;

/** On tmpfs, whose handles, directory positions and limits are others than those of a disk. */
class MemoryFilesystemConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return LinuxHarness.of(Path.of("/dev/shm"), HandleMode.AUTO);
  }
}
