package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;
import java.nio.file.Path;

/**
 * The conformance tests on tmpfs, whose handles, directory positions and limits differ from those
 * of a disk filesystem.
 */
class MemoryFilesystemConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return LinuxHarness.of(Path.of("/dev/shm"), HandleMode.AUTO);
  }
}
