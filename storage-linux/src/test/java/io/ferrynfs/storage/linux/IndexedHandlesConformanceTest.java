package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;

/** The conformance tests on a disk filesystem, with handles that need no privilege. */
class IndexedHandlesConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return LinuxHarness.of(HandleMode.INDEX);
  }
}
