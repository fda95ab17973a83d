package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;

/** As in a container whose superuser may not be anybody else: the rules are the volume's own. */
class ModeBitsConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return LinuxHarness.withoutIdentities();
  }
}
