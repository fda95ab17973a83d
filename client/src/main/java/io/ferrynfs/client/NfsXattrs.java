package io.ferrynfs.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The extended attributes of one object (RFC 8276). They correspond to {@link
 * java.nio.file.attribute.UserDefinedFileAttributeView} of local files. Names have no name space:
 * {@code colour} is {@code user.colour} on Linux. Regular files and directories have extended
 * attributes if their server and its file system support them. Safe for use by several threads.
 *
 * <p>As with {@link NfsClient}, a method whose name ends in {@code Async} never blocks, and every
 * other method blocks until it completes. All methods but {@link #isSupported} fail with {@link
 * NfsException.Reason#UNSUPPORTED} (NFS4ERR_NOTSUPP) if the server has no extended attributes.
 */
public interface NfsXattrs {

  /** The precondition of {@link #set(String, byte[], Mode)}. */
  enum Mode {
    /** No attribute of this name; otherwise {@link NfsException.Reason#EXISTS} (NFS4ERR_EXIST). */
    CREATE,
    /** An attribute of this name; otherwise {@link NfsException.Reason#NO_XATTR}. */
    REPLACE,
    /** Either. */
    EITHER
  }

  /**
   * Returns whether the object's file system has extended attributes (xattr_support, RFC 8276
   * section 8.2.1).
   */
  boolean isSupported() throws NfsException;

  /** Does what {@link #isSupported} does, without blocking. */
  CompletableFuture<Boolean> isSupportedAsync();

  /** Returns all names in the server's order (LISTXATTRS, RFC 8276 section 8.4.3). */
  List<String> list() throws NfsException;

  /** Does what {@link #list} does, without blocking. */
  CompletableFuture<List<String>> listAsync();

  /**
   * Returns the value of an attribute, which may be empty (GETXATTR, RFC 8276 section 8.4.1).
   *
   * @throws NfsException with {@link NfsException.Reason#NO_XATTR} (NFS4ERR_NOXATTR)
   */
  byte[] get(String name) throws NfsException;

  /** Does what {@link #get} does, without blocking. */
  CompletableFuture<byte[]> getAsync(String name);

  /**
   * Creates or replaces an attribute, durably.
   *
   * @throws NfsException as {@link #set(String, byte[], Mode)} does
   */
  default void set(String name, byte[] value) throws NfsException {
    set(name, value, Mode.EITHER);
  }

  /**
   * Sets an attribute, durably (SETXATTR, RFC 8276 section 8.4.2).
   *
   * @throws NfsException with {@link NfsException.Reason#NO_SPACE} (NFS4ERR_XATTR2BIG,
   *     NFS4ERR_NOSPC) if the value, or all values together, exceed what the server stores or one
   *     request carries; with {@link NfsException.Reason#EXISTS} or {@link
   *     NfsException.Reason#NO_XATTR} as the mode says
   */
  void set(String name, byte[] value, Mode mode) throws NfsException;

  /** Does what {@link #set(String, byte[], Mode)} does, without blocking. */
  CompletableFuture<Void> setAsync(String name, byte[] value, Mode mode);

  /**
   * Removes an attribute, durably (REMOVEXATTR, RFC 8276 section 8.4.4).
   *
   * @throws NfsException with {@link NfsException.Reason#NO_XATTR} (NFS4ERR_NOXATTR)
   */
  void remove(String name) throws NfsException;

  /** Does what {@link #remove} does, without blocking. */
  CompletableFuture<Void> removeAsync(String name);
}
