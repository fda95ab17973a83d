package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.BytesResult;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.Fd;
import io.ferrynfs.storage.linux.call.NameCalls;
import io.ferrynfs.storage.linux.call.XattrCalls;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A local file of any type, held by an {@code O_PATH} descriptor. Changes apply to this file even
 * if its name now refers to another one.
 */
public final class LocalObject implements AutoCloseable {
  private static final byte[] USER = {'u', 's', 'e', 'r', '.'};
  private static final int KEEP = -1;

  private final Fd fd;
  private final byte[] name;
  private final LocalStat stat;

  LocalObject(Fd fd, byte[] name) throws IOException {
    this.fd = fd;
    this.name = name;
    this.stat = statOf(fd.number(), name);
  }

  static LocalStat statOf(int number, byte[] name) throws IOException {
    AttributeCalls.StatxResult result = AttributeCalls.statx(number);
    if (result.errno() != 0) {
      throw LocalErrors.of(result.errno(), name);
    }
    return LocalStat.of(result.statx());
  }

  /** Returns the attributes at the time of the open. */
  public LocalStat stat() {
    return stat;
  }

  /**
   * Reads the current attributes.
   *
   * @throws IOException if they cannot be read
   */
  public LocalStat statNow() throws IOException {
    return statOf(fd.number(), name);
  }

  /**
   * Sets owner and group. The kernel clears the set-uid and set-gid bits.
   *
   * @param uid 0 to 2³² - 2, because the kernel interprets 2³² - 1 as "keep the owner"
   * @param gid 0 to 2³² - 2
   * @return false if the user may not change them
   * @throws IOException on other errors
   */
  public boolean setOwner(long uid, long gid) throws IOException {
    if ((int) uid == KEEP || (int) gid == KEEP) {
      return false;
    }
    int result = AttributeCalls.chown(fd.number(), (int) uid, (int) gid);
    if (result == -Errno.EPERM || result == -Errno.EINVAL || result == -Errno.EOPNOTSUPP) {
      return false;
    }
    LocalErrors.check(result, name);
    return true;
  }

  /**
   * Sets the permission bits, at most 07777. A symbolic link has none.
   *
   * @throws IOException if they cannot be set
   */
  public void setMode(int mode) throws IOException {
    LocalErrors.check(AttributeCalls.chmod(fd.number(), mode), name);
  }

  /**
   * Sets both times, rounded to the resolution of the file system.
   *
   * @throws IOException if they cannot be set
   */
  public void setTimes(Instant accessTime, Instant modifyTime) throws IOException {
    LocalErrors.check(
        AttributeCalls.utimens(
            fd.number(),
            accessTime.getEpochSecond(),
            accessTime.getNano(),
            modifyTime.getEpochSecond(),
            modifyTime.getNano()),
        name);
  }

  /**
   * Returns the bytes of the target of a symbolic link.
   *
   * @throws IOException if it cannot be read
   */
  public byte[] readSymlink() throws IOException {
    BytesResult target = NameCalls.readlink(fd.number());
    LocalErrors.check(-target.errno(), name);
    return target.bytes();
  }

  /**
   * Returns the names of the extended attributes of the user namespace as bytes, without the prefix
   * {@code user.}; empty if the object cannot have any.
   *
   * @throws IOException if they cannot be read
   */
  public List<byte[]> xattrNames() throws IOException {
    BytesResult all = XattrCalls.list(fd.number());
    if (all.errno() == Errno.EOPNOTSUPP) {
      return List.of();
    }
    LocalErrors.check(-all.errno(), name);
    List<byte[]> names = new ArrayList<>();
    byte[] bytes = all.bytes();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        int end = start + USER.length;
        if (i > end && Arrays.equals(bytes, start, end, USER, 0, USER.length)) {
          names.add(Arrays.copyOfRange(bytes, end, i));
        }
        start = i + 1;
      }
    }
    return names;
  }

  /**
   * Returns the value of an extended attribute, or null if it no longer exists.
   *
   * @throws IOException if it cannot be read
   */
  public byte @Nullable [] xattr(byte[] key) throws IOException {
    BytesResult value = XattrCalls.get(fd.number(), kernelName(key));
    if (value.errno() == Errno.ENODATA) {
      return null;
    }
    LocalErrors.check(-value.errno(), name);
    return value.bytes();
  }

  /**
   * Sets an extended attribute.
   *
   * @return false if the file system does not support them
   * @throws IOException on other errors
   */
  public boolean setXattr(byte[] key, byte[] value) throws IOException {
    if (value.length > XattrCalls.SIZE_BYTES_MAX) {
      throw LocalErrors.of(Errno.E2BIG, name);
    }
    int result = XattrCalls.set(fd.number(), kernelName(key), value, 0);
    if (result == -Errno.EOPNOTSUPP) {
      return false;
    }
    LocalErrors.check(result, name);
    return true;
  }

  private static byte[] kernelName(byte[] key) {
    byte[] whole = Arrays.copyOf(USER, USER.length + key.length);
    System.arraycopy(key, 0, whole, USER.length, key.length);
    return whole;
  }

  @Override
  public void close() {
    fd.release();
  }
}
