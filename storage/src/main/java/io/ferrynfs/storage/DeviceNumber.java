package io.ferrynfs.storage;

/**
 * The device of a device node. The volume stores it and never opens the device.
 *
 * @param major the major number, 0 to 2^32-1
 * @param minor the minor number, 0 to 2^32-1
 */
public record DeviceNumber(long major, long minor) {
  /** The device number of an object that is not a device node. */
  public static final DeviceNumber NONE = new DeviceNumber(0, 0);

  public DeviceNumber {
    if (major >>> 32 != 0 || minor >>> 32 != 0) {
      throw new IllegalArgumentException("device " + major + ":" + minor);
    }
  }
}
