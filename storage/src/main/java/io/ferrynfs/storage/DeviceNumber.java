package io.ferrynfs.storage;

/**
 * Which device a device node stands for. The volume stores it and never opens the device.
 *
 * @param major 0 to 2^32-1
 * @param minor 0 to 2^32-1
 */
public record DeviceNumber(long major, long minor) {
  /** What objects have that are no device nodes. */
  public static final DeviceNumber NONE = new DeviceNumber(0, 0);

  public DeviceNumber {
    if (major >>> 32 != 0 || minor >>> 32 != 0) {
      throw new IllegalArgumentException("device " + major + ":" + minor);
    }
  }
}
