package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;

/**
 * On the disk's filesystem, with the kernel's handles where this process may have them; that an
 * ordinary user gets the index instead is what {@link DirectoryTest} shows.
 */
class KernelHandlesConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return LinuxHarness.of(LinuxHarness.isSuperuser() ? HandleMode.KERNEL : HandleMode.AUTO);
  }
}
