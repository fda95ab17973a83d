package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;

/** On the disk's filesystem, with handles that anyone may have. */
class IndexedHandlesConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return LinuxHarness.of(HandleMode.INDEX);
  }
}
