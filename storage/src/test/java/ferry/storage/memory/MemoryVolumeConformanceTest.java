package ferry.storage.memory;

import ferry.storage.kit.VolumeConformance;
import ferry.storage.kit.VolumeHarness;

/** The memory volume with all that it has. */
class MemoryVolumeConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return new MemoryHarness(MemoryHarness.builder().quotas().build());
  }
}
