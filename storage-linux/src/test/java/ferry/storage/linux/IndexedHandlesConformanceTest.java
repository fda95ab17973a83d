package ferry.storage.linux;

import ferry.storage.kit.VolumeConformance;
import ferry.storage.kit.VolumeHarness;
import ferry.storage.linux.Options.HandleMode;

/** On the disk's filesystem, with handles that anyone may have. */
class IndexedHandlesConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return LinuxHarness.of(HandleMode.INDEX);
  }
}
