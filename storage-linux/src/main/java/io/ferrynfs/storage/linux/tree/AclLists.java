package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.PosixAcl;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.BytesResult;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Statx;
import io.ferrynfs.storage.linux.call.XattrCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ACLs of the kernel in the format of two extended attributes (linux/posix_acl_xattr.h). An
 * access ACL with named entries takes effect; a minimal one is represented by the mode bits.
 */
public final class AclLists {
  private static final byte[] ACCESS = bytes("system.posix_acl_access");
  private static final byte[] DEFAULT = bytes("system.posix_acl_default");

  private static final int VERSION = 2;
  private static final int ENTRY_BYTES = 8;
  private static final int OWNER = 0x01;
  private static final int USER = 0x02;
  private static final int OWNING_GROUP = 0x04;
  private static final int GROUP = 0x08;
  private static final int MASK = 0x10;
  private static final int OTHER = 0x20;
  private static final int NO_ID = -1;

  private AclLists() {}

  /** Returns whether the filesystem supports ACLs. */
  public static boolean areSupported(int fd) {
    int errno = XattrCalls.get(fd, ACCESS).errno();
    return errno == 0 || errno == Errno.ENODATA;
  }

  /** Returns the access ACL of an object, or null if it has only its mode. */
  public static @Nullable PosixAcl access(int fd) throws StorageException {
    return read(fd, ACCESS);
  }

  /** Returns the default ACL of a directory, or null. */
  public static @Nullable PosixAcl inherited(int fd) throws StorageException {
    return read(fd, DEFAULT);
  }

  /** Returns both lists. */
  public static Acls of(int fd, Statx statx) throws StorageException {
    PosixAcl access = access(fd);
    return new Acls(
        access == null ? PosixAcl.ofMode(statx.mode()) : access,
        statx.isDirectory() ? inherited(fd) : null);
  }

  /** Sets both lists, or neither. */
  public static void set(int fd, Statx statx, Acls acls) throws StorageException {
    PosixAcl inherited = acls.inherited();
    if (!statx.isDirectory()) {
      if (inherited != null) {
        throw new StorageException(Status.INVALID, "a default ACL needs a directory");
      }
      write(fd, ACCESS, acls.access());
      return;
    }
    PosixAcl before = inherited(fd);
    if (inherited != null || before != null) {
      write(fd, DEFAULT, inherited);
    }
    try {
      write(fd, ACCESS, acls.access());
    } catch (StorageException e) {
      if (inherited != null || before != null) {
        write(fd, DEFAULT, before);
      }
      throw e;
    }
  }

  private static @Nullable PosixAcl read(int fd, byte[] name) throws StorageException {
    if (!XattrCalls.has(fd, name)) {
      return null;
    }
    BytesResult value = XattrCalls.get(fd, name);
    return value.errno() == Errno.ENODATA ? null : decode(value.get());
  }

  private static void write(int fd, byte[] name, @Nullable PosixAcl acl) throws StorageException {
    if (acl != null && acl.namedCount() > PosixAcl.NAMED_MAX) {
      throw new StorageException(Status.ATTRIBUTE_TOO_BIG);
    }
    int result =
        acl == null ? XattrCalls.remove(fd, name) : XattrCalls.set(fd, name, encode(acl), 0);
    if (acl == null && result == -Errno.ENODATA) {
      return;
    }
    if (result == -Errno.ENOSPC || result == -Errno.ERANGE) {
      throw new StorageException(Status.ATTRIBUTE_TOO_BIG);
    }
    ErrnoStatus.check(result);
  }

  private static PosixAcl decode(byte[] value) throws StorageException {
    ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    if (in.remaining() < Integer.BYTES || in.getInt() != VERSION) {
      throw new StorageException(Status.IO, "unknown version of the ACL format");
    }
    int owner = 0;
    int group = 0;
    int other = 0;
    Integer mask = null;
    TreeMap<Long, Integer> users = new TreeMap<>();
    TreeMap<Long, Integer> groups = new TreeMap<>();
    while (in.remaining() >= ENTRY_BYTES) {
      int tag = in.getShort();
      int bits = in.getShort() & 7;
      long id = Integer.toUnsignedLong(in.getInt());
      switch (tag) {
        case OWNER -> owner = bits;
        case USER -> users.put(id, bits);
        case OWNING_GROUP -> group = bits;
        case GROUP -> groups.put(id, bits);
        case MASK -> mask = bits;
        case OTHER -> other = bits;
        default -> throw new StorageException(Status.IO, "unknown ACL entry");
      }
    }
    return new PosixAcl(owner, users, group, groups, mask, other);
  }

  private static byte[] encode(PosixAcl acl) {
    // The kernel requires this order, and ascending ids.
    int entries = 3 + acl.namedCount() + (acl.isMinimal() ? 0 : 1);
    ByteBuffer out =
        ByteBuffer.allocate(Integer.BYTES + entries * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(VERSION);
    put(out, OWNER, acl.owner(), NO_ID);
    for (Map.Entry<Long, Integer> user : acl.users().entrySet()) {
      put(out, USER, user.getValue(), user.getKey().intValue());
    }
    put(out, OWNING_GROUP, acl.group(), NO_ID);
    for (Map.Entry<Long, Integer> group : acl.groups().entrySet()) {
      put(out, GROUP, group.getValue(), group.getKey().intValue());
    }
    Integer mask = acl.mask();
    if (mask != null) {
      put(out, MASK, mask, NO_ID);
    }
    put(out, OTHER, acl.other(), NO_ID);
    return out.array();
  }

  private static void put(ByteBuffer out, int tag, int bits, int id) {
    out.putShort((short) tag).putShort((short) bits).putInt(id);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
