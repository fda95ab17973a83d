package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;

/** The memory volume with all that it has. */
class MemoryVolumeConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return new MemoryHarness(MemoryHarness.builder().quotas().build());
  }
}
