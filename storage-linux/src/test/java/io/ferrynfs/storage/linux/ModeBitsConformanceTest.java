package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;

/**
 * The conformance tests of a superuser process that cannot change its identity, as in a container:
 * the volume enforces permissions itself.
 */
class ModeBitsConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return LinuxHarness.withoutIdentities();
  }
}
