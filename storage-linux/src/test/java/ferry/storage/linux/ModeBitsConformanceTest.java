package ferry.storage.linux;

import ferry.storage.kit.VolumeConformance;
import ferry.storage.kit.VolumeHarness;

/** As in a container whose superuser may not be anybody else: the rules are the volume's own. */
class ModeBitsConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return LinuxHarness.withoutIdentities();
  }
}
