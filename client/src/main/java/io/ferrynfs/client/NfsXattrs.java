package io.ferrynfs.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The extended attributes of one object (RFC 8276): what {@link
 * java.nio.file.attribute.UserDefinedFileAttributeView} is for local files. Names are without a
 * name space; what is {@code colour} here is {@code user.colour} to Linux. Regular files and
 * directories have them where the server and its file system do.
 *
 * <p>Methods fail with {@link NfsException.Reason#UNSUPPORTED} where there are none, with {@link
 * NfsException.Reason#NO_XATTR} when there is none of the name. Those ending in {@code Async} do
 * not block.
 */
public interface NfsXattrs {

  /** What {@link #set(String, byte[], Mode)} expects to find. */
  enum Mode {
    /** No attribute of this name, else {@link NfsException.Reason#EXISTS}. */
    CREATE,
    /** An attribute of this name, else {@link NfsException.Reason#NO_XATTR}. */
    REPLACE,
    /** Either. */
    EITHER
  }

  /** Whether the object's file system has extended attributes (xattr_support). */
  boolean isSupported() throws NfsException;

  CompletableFuture<Boolean> isSupportedAsync();

  /** All names, in the order of the server. */
  List<String> list() throws NfsException;

  CompletableFuture<List<String>> listAsync();

  /** The value of an attribute, which may be empty. */
  byte[] get(String name) throws NfsException;

  CompletableFuture<byte[]> getAsync(String name);

  /** Sets an attribute, whether or not it is there. */
  default void set(String name, byte[] value) throws NfsException {
    set(name, value, Mode.EITHER);
  }

  /**
   * Sets an attribute, durably.
   *
   * @throws NfsException with {@link NfsException.Reason#NO_SPACE} when the value, or all values
   *     together, are more than the server stores or one call carries
   */
  void set(String name, byte[] value, Mode mode) throws NfsException;

  CompletableFuture<Void> setAsync(String name, byte[] value, Mode mode);

  void remove(String name) throws NfsException;

  CompletableFuture<Void> removeAsync(String name);
}
