package io.ferrynfs.client;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.attribute.AclEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A client of one NFSv4.1 or NFSv4.2 server. It has one session and keeps connection and session
 * alive until it is closed. Safe for use by several threads.
 *
 * <p>A method whose name ends in {@code Async} returns a future at once and never blocks. The
 * future completes on a thread of the client, which dependents must not block, and fails with an
 * {@link NfsException}. Every other method that sends a request blocks its caller until the future
 * of the corresponding {@code Async} method completes, and throws what that future failed with.
 *
 * <p>The client replaces a lost connection and sends the pending requests again; the session makes
 * the server execute each of them once (RFC 8881 section 2.10.6). Every method may therefore fail
 * with {@link NfsException.Reason#UNREACHABLE} or {@link NfsException.Reason#TIMED_OUT}, but only
 * after the server made no progress for {@link NfsClientBuilder#progressTimeout}. It may also fail
 * with {@link NfsException.Reason#CLOSED} once the client is closed, and with {@link
 * NfsException.Reason#PROTOCOL} if a reply violates the protocol. The documentation of each method
 * names its other errors; {@link NfsException#status} is the server's nfsstat4.
 *
 * <p>The client follows no symbolic links, in no component of a path: the server answers
 * NFS4ERR_SYMLINK or NFS4ERR_NOTDIR.
 */
public interface NfsClient extends AutoCloseable {

  /** Returns a builder with the default settings. */
  static NfsClientBuilder builder() {
    return new NfsClientBuilder();
  }

  /**
   * Connects with the defaults of {@link NfsClientBuilder}.
   *
   * @param host a host name or address, without brackets
   * @param port the TCP port, usually {@link NfsUrl#DEFAULT_PORT}
   * @throws NfsException as {@link NfsClientBuilder#connect} does
   */
  static NfsClient connect(String host, int port) throws NfsException {
    return builder().connect(host, port);
  }

  /**
   * Connects to the server of a URL with the defaults of {@link NfsClientBuilder}. The path of the
   * URL is not used.
   *
   * @throws NfsException as {@link NfsClientBuilder#connect} does
   */
  static NfsClient connect(NfsUrl url) throws NfsException {
    return connect(url.host(), url.port());
  }

  /** Returns the server's identity and the limits of the present session. Sends no request. */
  NfsServerInfo server();

  /** Returns the file data that passed through this client since it connected. Sends no request. */
  NfsTraffic traffic();

  /**
   * Returns the attributes of an object (GETATTR, RFC 8881 section 18.7). For a symbolic link these
   * are the link's own.
   *
   * @throws NfsException with {@link NfsException.Reason#NOT_FOUND} (NFS4ERR_NOENT) or {@link
   *     NfsException.Reason#ACCESS_DENIED} (NFS4ERR_ACCESS)
   */
  NfsAttributes attributes(NfsPath path) throws NfsException;

  /** Does what {@link #attributes} does, without blocking. */
  CompletableFuture<NfsAttributes> attributesAsync(NfsPath path);

  /**
   * Sets attributes of an object (SETATTR, RFC 8881 section 18.30).
   *
   * @return the attributes after the change
   * @throws NfsException with {@link NfsException.Reason#ACCESS_DENIED} (NFS4ERR_ACCESS,
   *     NFS4ERR_PERM), {@link NfsException.Reason#INVALID} (NFS4ERR_BADOWNER, NFS4ERR_INVAL) or
   *     {@link NfsException.Reason#READ_ONLY} (NFS4ERR_ROFS)
   */
  NfsAttributes setAttributes(NfsPath path, NfsAttributeChanges changes) throws NfsException;

  /** Does what {@link #setAttributes} does, without blocking. */
  CompletableFuture<NfsAttributes> setAttributesAsync(NfsPath path, NfsAttributeChanges changes);

  /** Returns a view of the extended attributes of an object (RFC 8276). Sends no request. */
  NfsXattrs xattrs(NfsPath path);

  /**
   * Returns the access control list of an object (RFC 8881 section 6.2.1). The first entry that
   * names a permission decides it. The principals are {@link NfsUser}s and {@link NfsGroup}s. An
   * object without a list has one that is equivalent to its mode.
   *
   * @throws NfsException with {@link NfsException.Reason#UNSUPPORTED} (NFS4ERR_ATTRNOTSUPP) if the
   *     file system has no access control lists
   */
  List<AclEntry> acl(NfsPath path) throws NfsException;

  /** Does what {@link #acl} does, without blocking. */
  CompletableFuture<List<AclEntry>> aclAsync(NfsPath path);

  /**
   * Sets the access control list of an object (RFC 8881 section 6.2.1), which changes its mode,
   * too. A server that stores lists in another form stores one that grants no more than this one;
   * {@link #acl} returns it.
   *
   * @throws NfsException with {@link NfsException.Reason#UNSUPPORTED} (NFS4ERR_ATTRNOTSUPP) if the
   *     server cannot store the entries, or {@link NfsException.Reason#INVALID} (NFS4ERR_BADOWNER)
   *     if it does not know a principal
   */
  void setAcl(NfsPath path, List<AclEntry> entries) throws NfsException;

  /** Does what {@link #setAcl} does, without blocking. */
  CompletableFuture<Void> setAclAsync(NfsPath path, List<AclEntry> entries);

  /**
   * Lists a directory with the attributes of its entries (READDIR, RFC 8881 section 18.23). The
   * stream requests the next page while the caller consumes the present one. It is for one thread.
   *
   * <p>An error after the first page is thrown by the iterator as a {@link
   * java.nio.file.DirectoryIteratorException} whose cause is an {@link NfsException}; the iteration
   * ends with it. An entry that cannot be used is no such error: it has a {@link
   * NfsDirectoryEntry#failure}.
   *
   * @throws NfsException with {@link NfsException.Reason#NOT_FOUND} (NFS4ERR_NOENT), {@link
   *     NfsException.Reason#NOT_DIRECTORY} (NFS4ERR_NOTDIR) or {@link
   *     NfsException.Reason#ACCESS_DENIED} (NFS4ERR_ACCESS)
   */
  DirectoryStream<NfsDirectoryEntry> list(NfsPath directory) throws NfsException;

  /**
   * Lists a whole directory, including entries that cannot be used. Fails as {@link #list} does,
   * and with {@link NfsException.Reason#PROTOCOL} for a directory of more than 4 Mi entries.
   */
  CompletableFuture<List<NfsDirectoryEntry>> listAsync(NfsPath directory);

  /**
   * Opens a regular file (OPEN, RFC 8881 section 18.16). The caller closes it.
   *
   * @throws NfsException with {@link NfsException.Reason#NOT_FOUND} (NFS4ERR_NOENT), {@link
   *     NfsException.Reason#EXISTS} (NFS4ERR_EXIST), {@link NfsException.Reason#IS_DIRECTORY}
   *     (NFS4ERR_ISDIR), {@link NfsException.Reason#IS_SYMLINK} (NFS4ERR_SYMLINK), {@link
   *     NfsException.Reason#ACCESS_DENIED} (NFS4ERR_ACCESS), {@link NfsException.Reason#LOCKED}
   *     (NFS4ERR_SHARE_DENIED) or {@link NfsException.Reason#NO_SPACE} (NFS4ERR_NOSPC,
   *     NFS4ERR_DQUOT)
   */
  NfsFile open(NfsPath path, NfsOpenOptions options) throws NfsException;

  /** Does what {@link #open} does, without blocking. */
  CompletableFuture<NfsFile> openAsync(NfsPath path, NfsOpenOptions options);

  /**
   * Opens a file and returns a stream that reads it from the start. Closing the stream closes the
   * file. The stream is for one thread.
   *
   * @throws NfsException as {@link #open} does
   */
  InputStream newInputStream(NfsPath path) throws NfsException;

  /**
   * Opens a file and returns a stream that writes it from the start. Closing the stream makes the
   * data durable and closes the file. The stream is for one thread.
   *
   * @throws NfsException as {@link #open} does
   */
  OutputStream newOutputStream(NfsPath path, NfsOpenOptions options) throws NfsException;

  /**
   * Creates a directory (CREATE, RFC 8881 section 18.4).
   *
   * @param mode the permission bits, at most 07777
   * @return its attributes
   * @throws NfsException with {@link NfsException.Reason#EXISTS} (NFS4ERR_EXIST), {@link
   *     NfsException.Reason#NOT_FOUND} (NFS4ERR_NOENT) if the parent does not exist, or {@link
   *     NfsException.Reason#ACCESS_DENIED} (NFS4ERR_ACCESS)
   */
  NfsAttributes mkdir(NfsPath path, int mode) throws NfsException;

  /** Does what {@link #mkdir} does, without blocking. */
  CompletableFuture<NfsAttributes> mkdirAsync(NfsPath path, int mode);

  /**
   * Creates a symbolic link (CREATE, RFC 8881 section 18.4).
   *
   * @param target the target, which the server does not interpret
   * @return the attributes of the link
   * @throws NfsException as {@link #mkdir} does
   */
  NfsAttributes symlink(NfsPath path, byte[] target) throws NfsException;

  /** Does what {@link #symlink} does, without blocking. */
  CompletableFuture<NfsAttributes> symlinkAsync(NfsPath path, byte[] target);

  /**
   * Returns the target of a symbolic link, unchanged (READLINK, RFC 8881 section 18.24).
   *
   * @throws NfsException with {@link NfsException.Reason#INVALID} (NFS4ERR_INVAL,
   *     NFS4ERR_WRONG_TYPE) if the object is no symbolic link
   */
  byte[] readlink(NfsPath path) throws NfsException;

  /** Does what {@link #readlink} does, without blocking. */
  CompletableFuture<byte[]> readlinkAsync(NfsPath path);

  /**
   * Creates a FIFO, a socket or a device (CREATE, RFC 8881 section 18.4).
   *
   * @param mode the permission bits, at most 07777
   * @param deviceMajor the major number of a device, otherwise 0
   * @param deviceMinor the minor number of a device, otherwise 0
   * @return the attributes of the object
   * @throws NfsException as {@link #mkdir} does, and with {@link NfsException.Reason#ACCESS_DENIED}
   *     (NFS4ERR_PERM) if the user may not create devices
   * @throws IllegalArgumentException if {@code type} is another type
   */
  NfsAttributes mknod(NfsPath path, NfsFileType type, int mode, long deviceMajor, long deviceMinor)
      throws NfsException;

  /** Does what {@link #mknod} does, without blocking. */
  CompletableFuture<NfsAttributes> mknodAsync(
      NfsPath path, NfsFileType type, int mode, long deviceMajor, long deviceMinor);

  /**
   * Creates a hard link (LINK, RFC 8881 section 18.9).
   *
   * @param existing the object, which must not be a directory
   * @param path the new name
   * @throws NfsException with {@link NfsException.Reason#EXISTS} (NFS4ERR_EXIST), {@link
   *     NfsException.Reason#CROSS_DEVICE} (NFS4ERR_XDEV) or {@link
   *     NfsException.Reason#IS_DIRECTORY} (NFS4ERR_ISDIR)
   */
  void link(NfsPath existing, NfsPath path) throws NfsException;

  /** Does what {@link #link} does, without blocking. */
  CompletableFuture<Void> linkAsync(NfsPath existing, NfsPath path);

  /**
   * Renames an object and replaces an object of the new name (RENAME, RFC 8881 section 18.26).
   *
   * @throws NfsException with {@link NfsException.Reason#NOT_FOUND} (NFS4ERR_NOENT), {@link
   *     NfsException.Reason#CROSS_DEVICE} (NFS4ERR_XDEV), {@link NfsException.Reason#EXISTS}
   *     (NFS4ERR_EXIST) if the types differ, or {@link NfsException.Reason#NOT_EMPTY}
   *     (NFS4ERR_NOTEMPTY)
   */
  void rename(NfsPath from, NfsPath to) throws NfsException;

  /** Does what {@link #rename} does, without blocking. */
  CompletableFuture<Void> renameAsync(NfsPath from, NfsPath to);

  /**
   * Removes an object or an empty directory (REMOVE, RFC 8881 section 18.25).
   *
   * @throws NfsException with {@link NfsException.Reason#NOT_FOUND} (NFS4ERR_NOENT), {@link
   *     NfsException.Reason#NOT_EMPTY} (NFS4ERR_NOTEMPTY) or {@link
   *     NfsException.Reason#ACCESS_DENIED} (NFS4ERR_ACCESS)
   */
  void remove(NfsPath path) throws NfsException;

  /** Does what {@link #remove} does, without blocking. */
  CompletableFuture<Void> removeAsync(NfsPath path);

  /**
   * Copies a whole file on this server and blocks until the copy is durable.
   *
   * @throws NfsException as {@link #copy(NfsPath, NfsClient, NfsPath, NfsCopyOptions)} does
   */
  default CopyResult copy(NfsPath source, NfsPath destination, NfsCopyOptions options)
      throws NfsException {
    return copy(source, this, destination, options);
  }

  /**
   * Copies a whole file to a path on this or another server and blocks until the copy is durable.
   * It tries CLONE, COPY, and READ and WRITE, in this order (RFC 7862 section 4). Between two
   * servers it tries COPY by the destination's server first (RFC 7862 section 4.5).
   *
   * @param to the client of the destination's server, made by {@link NfsClientBuilder}
   * @throws NfsException as {@link #open} does for both files; with {@link
   *     NfsException.Reason#UNSUPPORTED} if the options rule out every way that works, {@link
   *     NfsException.Reason#NO_SPACE} (NFS4ERR_NOSPC, NFS4ERR_DQUOT, NFS4ERR_FBIG) or {@link
   *     NfsException.Reason#DATA_LOST} if the destination's server restarted during each attempt
   */
  CopyResult copy(NfsPath source, NfsClient to, NfsPath destination, NfsCopyOptions options)
      throws NfsException;

  /**
   * Starts {@link #copy(NfsPath, NfsClient, NfsPath, NfsCopyOptions)} and returns without blocking.
   *
   * @throws IllegalArgumentException if {@code to} was not made by {@link NfsClientBuilder}
   */
  CopyHandle startCopy(NfsPath source, NfsClient to, NfsPath destination, NfsCopyOptions options);

  /**
   * Cancels the pending copies, closes the open files, and ends session and connection. Takes 10 s
   * at most, and never fails. A second call does nothing.
   */
  @Override
  void close();

  /** Does what {@link #close} does, without blocking. */
  CompletableFuture<Void> closeAsync();
}
