package ferry.storage.linux;

import ferry.storage.kit.VolumeConformance;
import ferry.storage.kit.VolumeHarness;
import ferry.storage.linux.Options.HandleMode;

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
