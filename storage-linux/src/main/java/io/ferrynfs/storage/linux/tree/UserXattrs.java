package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.XattrMode;
import io.ferrynfs.storage.XattrName;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.XattrCalls;
import io.ferrynfs.storage.linux.handle.Node;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Extended attributes in the kernel's namespace {@code user.}. */
public final class UserXattrs {
  public static final byte[] PREFIX = "user.".getBytes(StandardCharsets.US_ASCII);

  private final Tree tree;

  public UserXattrs(Tree tree) {
    this.tree = tree;
  }

  public byte[] get(Caller caller, Handle handle, XattrName name) throws StorageException {
    try (Node node = open(caller, handle, CallerPermissions.READ)) {
      if (!supportsUserXattrs(node)) {
        throw new StorageException(Status.NO_ATTRIBUTE);
      }
      byte[] kernelName = kernelName(name);
      return tree.permissions().as(caller, () -> XattrCalls.get(node.fd(), kernelName)).get();
    }
  }

  public ChangeInfo set(Caller caller, Handle handle, XattrName name, byte[] value, XattrMode mode)
      throws StorageException {
    try (Node node = open(caller, handle, CallerPermissions.WRITE)) {
      byte[] kernelName = kernelName(name);
      if (value.length > XattrCalls.SIZE_BYTES_MAX) {
        throw new StorageException(Status.ATTRIBUTE_TOO_BIG);
      }
      int flags =
          switch (mode) {
            case CREATE -> Flags.XATTR_CREATE;
            case REPLACE -> Flags.XATTR_REPLACE;
            case EITHER -> 0;
          };
      long before = tree.changing(node);
      int result =
          tree.permissions().as(caller, () -> XattrCalls.set(node.fd(), kernelName, value, flags));
      if (result == -Errno.ENOSPC || result == -Errno.ERANGE) {
        throw new StorageException(Status.ATTRIBUTE_TOO_BIG);
      }
      ErrnoStatus.check(result);
      ChangeInfo change = tree.changeSince(node, before);
      tree.sync(node);
      return change;
    }
  }

  public List<XattrName> list(Caller caller, Handle handle) throws StorageException {
    try (Node node = open(caller, handle, CallerPermissions.READ)) {
      if (!supportsUserXattrs(node)) {
        return List.of();
      }
      if (tree.permissions().enforced()) {
        // listxattr(2) needs no permission.
        tree.permissions().check(caller, node, CallerPermissions.READ);
      }
      byte[] all = XattrCalls.list(node.fd()).get();
      List<XattrName> names = new ArrayList<>();
      int start = 0;
      for (int i = 0; i < all.length; i++) {
        if (all[i] == 0) {
          if (isUser(all, start, i)) {
            names.add(XattrName.of(Arrays.copyOfRange(all, start + PREFIX.length, i)));
          }
          start = i + 1;
        }
      }
      Collections.sort(names);
      return names;
    }
  }

  private static boolean isUser(byte[] all, int start, int end) {
    return end - start > PREFIX.length
        && Arrays.equals(all, start, start + PREFIX.length, PREFIX, 0, PREFIX.length);
  }

  public ChangeInfo remove(Caller caller, Handle handle, XattrName name) throws StorageException {
    try (Node node = open(caller, handle, CallerPermissions.WRITE)) {
      long before = tree.changing(node);
      byte[] kernelName = kernelName(name);
      ErrnoStatus.check(
          tree.permissions().as(caller, () -> XattrCalls.remove(node.fd(), kernelName)));
      ChangeInfo change = tree.changeSince(node, before);
      tree.sync(node);
      return change;
    }
  }

  private Node open(Caller caller, Handle handle, int permission) throws StorageException {
    Node node = tree.open(handle);
    try {
      if (!tree.features().contains(Feature.XATTRS)) {
        throw new StorageException(Status.NOT_SUPPORTED);
      }
      boolean supportsUserXattrs = supportsUserXattrs(node);
      if (!supportsUserXattrs && permission == CallerPermissions.WRITE) {
        throw new StorageException(Status.PERMISSION);
      }
      if (supportsUserXattrs && tree.permissions().enforcedHere()) {
        tree.permissions().check(caller, node, permission);
      }
      return node;
    } catch (StorageException e) {
      node.close();
      throw e;
    }
  }

  /**
   * Returns whether the object can have attributes in the namespace {@code user.}, by the rule of
   * the kernel.
   */
  private static boolean supportsUserXattrs(Node node) {
    return node.statx().isDirectory() || node.statx().isRegular();
  }

  private byte[] kernelName(XattrName name) throws StorageException {
    if (name.size() > tree.limits().xattrNameBytesMax()) {
      throw new StorageException(Status.NAME_TOO_LONG);
    }
    byte[] kernelName = Arrays.copyOf(PREFIX, PREFIX.length + name.size());
    System.arraycopy(name.toByteArray(), 0, kernelName, PREFIX.length, name.size());
    return kernelName;
  }
}
