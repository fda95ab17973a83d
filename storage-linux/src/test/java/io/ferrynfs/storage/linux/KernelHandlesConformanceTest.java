package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;

/**
 * The conformance tests on a disk filesystem, with kernel handles if this process may use them.
 * {@link DirectoryTest} checks that an ordinary user gets the index instead.
 */
class KernelHandlesConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return LinuxHarness.of(LinuxHarness.isSuperuser() ? HandleMode.KERNEL : HandleMode.AUTO);
  }
}
