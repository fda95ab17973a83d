package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;

/** The conformance tests of a memory volume with all features. */
class MemoryVolumeConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return new MemoryHarness(MemoryHarness.builder().quotas().build());
  }
}
