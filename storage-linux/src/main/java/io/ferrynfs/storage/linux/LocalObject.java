package io.ferrynfs.storage.linux;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A local file of any type, held by an {@code O_PATH} descriptor: what is changed is this file,
 * whatever its name stands for by now.
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

  /** The attributes when it was opened. */
  public LocalStat stat() {
    return stat;
  }

  /** Reads the attributes as they are now. */
  public LocalStat statNow() throws IOException {
    return statOf(fd.number(), name);
  }

  /**
   * Sets owner and group. The kernel clears set-uid and set-gid bits with it.
   *
   * @param uid 0 to 2³² - 2; 2³² - 1 is no owner to the kernel and would leave the one there is
   * @return false where this user may not
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

  /** Sets the permission bits, at most 07777; a symbolic link has none. */
  public void setMode(int mode) throws IOException {
    LocalErrors.check(AttributeCalls.chmod(fd.number(), mode), name);
  }

  /** Sets both times; the kernel takes the nearest that the file system can hold. */
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

  /** The target of a symbolic link, as its bytes. */
  public byte[] readSymlink() throws IOException {
    BytesResult target = NameCalls.readlink(fd.number());
    LocalErrors.check(-target.errno(), name);
    return target.bytes();
  }

  /**
   * The names of the user's extended attributes as their bytes, without {@code user.}; none where
   * none can be.
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

  /** The value of an extended attribute; null where it is gone. */
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
   * @return false where the file system has none
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
