package io.ferrynfs.client;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.attribute.AclEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A client of one NFSv4.1 or 4.2 server: one session, one or more connections, kept alive until
 * closed. Safe for use by several threads.
 *
 * <p>Methods ending in {@code Async} return at once with a future that completes on the client's
 * own thread, which must not be blocked; a future fails with an {@link NfsException}. The others
 * wait for that future. A lost connection is made again and what was in flight is sent again,
 * exactly once by the session's rules; a call fails only when the server made no progress for the
 * time of {@link NfsClientBuilder#progressTimeout}.
 *
 * <p>Symbolic links are not followed, in no part of a path.
 */
public interface NfsClient extends AutoCloseable {

  static NfsClientBuilder builder() {
    return new NfsClientBuilder();
  }

  /** Connects with the defaults of {@link NfsClientBuilder}. */
  static NfsClient connect(String host, int port) throws NfsException {
    return builder().connect(host, port);
  }

  /** Connects to the server of a URL with the defaults of {@link NfsClientBuilder}. */
  static NfsClient connect(NfsUrl url) throws NfsException {
    return connect(url.host(), url.port());
  }

  NfsServerInfo server();

  /** The bytes of files that have passed through this client until now. */
  NfsTraffic traffic();

  /** The attributes of an object; of a symbolic link itself, not of what it points to. */
  NfsAttributes attributes(NfsPath path) throws NfsException;

  CompletableFuture<NfsAttributes> attributesAsync(NfsPath path);

  NfsAttributes setAttributes(NfsPath path, NfsAttributeChanges changes) throws NfsException;

  /** Sets and returns what the server then says. */
  CompletableFuture<NfsAttributes> setAttributesAsync(NfsPath path, NfsAttributeChanges changes);

  /** The extended attributes of an object; asks nothing of the server yet. */
  NfsXattrs xattrs(NfsPath path);

  /**
   * The access control list of an object (RFC 8881 section 6.2.1), in which the first entry that
   * speaks of a permission decides it. Its principals are {@link NfsUser}s and {@link NfsGroup}s.
   * An object without a list of its own has one that says what its mode says.
   *
   * @throws NfsException with {@link NfsException.Reason#UNSUPPORTED} where there are none
   */
  List<AclEntry> acl(NfsPath path) throws NfsException;

  /** {@link #acl} without waiting. */
  CompletableFuture<List<AclEntry>> aclAsync(NfsPath path);

  /**
   * Sets the access control list of an object, by which its mode changes, too. Servers that keep
   * lists in another form keep one that grants no more than this; {@link #acl} tells which.
   *
   * @throws NfsException with {@link NfsException.Reason#UNSUPPORTED} for entries that the server
   *     cannot keep, with {@link NfsException.Reason#INVALID} for somebody whom it does not know
   */
  void setAcl(NfsPath path, List<AclEntry> entries) throws NfsException;

  /** {@link #setAcl} without waiting. */
  CompletableFuture<Void> setAclAsync(NfsPath path, List<AclEntry> entries);

  /**
   * The entries of a directory with their attributes, read page by page as they are consumed. An
   * error in the middle is a {@link java.nio.file.DirectoryIteratorException} with an {@link
   * NfsException} as its cause, after which there are no more. An entry that cannot be used is no
   * such error: it has a {@link NfsDirectoryEntry#failure}.
   */
  DirectoryStream<NfsDirectoryEntry> list(NfsPath directory) throws NfsException;

  /**
   * All entries at once, also those that cannot be used. For directories that fit in memory: there
   * may be 4 million entries at most.
   */
  CompletableFuture<List<NfsDirectoryEntry>> listAsync(NfsPath directory);

  NfsFile open(NfsPath path, NfsOpenOptions options) throws NfsException;

  CompletableFuture<NfsFile> openAsync(NfsPath path, NfsOpenOptions options);

  /** Opens a file and reads it from the start; closing the stream closes the file. */
  InputStream newInputStream(NfsPath path) throws NfsException;

  /** Opens a file and writes it from the start; closing makes it durable and closes the file. */
  OutputStream newOutputStream(NfsPath path, NfsOpenOptions options) throws NfsException;

  NfsAttributes mkdir(NfsPath path, int mode) throws NfsException;

  CompletableFuture<NfsAttributes> mkdirAsync(NfsPath path, int mode);

  NfsAttributes symlink(NfsPath path, byte[] target) throws NfsException;

  CompletableFuture<NfsAttributes> symlinkAsync(NfsPath path, byte[] target);

  /** The target of a symbolic link as it was given. */
  byte[] readlink(NfsPath path) throws NfsException;

  CompletableFuture<byte[]> readlinkAsync(NfsPath path);

  /**
   * Makes a FIFO, a socket or a device.
   *
   * @param deviceMajor for a device, else 0
   * @param deviceMinor for a device, else 0
   */
  NfsAttributes mknod(NfsPath path, NfsFileType type, int mode, long deviceMajor, long deviceMinor)
      throws NfsException;

  CompletableFuture<NfsAttributes> mknodAsync(
      NfsPath path, NfsFileType type, int mode, long deviceMajor, long deviceMinor);

  /** Gives an existing object a further name. */
  void link(NfsPath existing, NfsPath path) throws NfsException;

  CompletableFuture<Void> linkAsync(NfsPath existing, NfsPath path);

  void rename(NfsPath from, NfsPath to) throws NfsException;

  CompletableFuture<Void> renameAsync(NfsPath from, NfsPath to);

  /** Removes a file, or a directory that is empty. */
  void remove(NfsPath path) throws NfsException;

  CompletableFuture<Void> removeAsync(NfsPath path);

  /** Copies a whole file inside this server and waits. */
  default CopyResult copy(NfsPath source, NfsPath destination, NfsCopyOptions options)
      throws NfsException {
    return copy(source, this, destination, options);
  }

  /**
   * Copies a whole file to a place on this or another server, by the best way, and waits. Between
   * two servers the best way is that the destination's fetches it from the source's (RFC 7862
   * section 4.5).
   */
  CopyResult copy(NfsPath source, NfsClient to, NfsPath destination, NfsCopyOptions options)
      throws NfsException;

  /** {@link #copy(NfsPath, NfsClient, NfsPath, NfsCopyOptions)} without waiting. */
  CopyHandle startCopy(NfsPath source, NfsClient to, NfsPath destination, NfsCopyOptions options);

  /** Closes files that are still open, ends the session and the connections. Idempotent. */
  @Override
  void close();

  CompletableFuture<Void> closeAsync();
}
