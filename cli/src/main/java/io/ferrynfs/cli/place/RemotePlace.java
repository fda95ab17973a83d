package io.ferrynfs.cli.place;

import io.ferrynfs.cli.base.ByteText;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.client.NfsAttributeChanges;
import io.ferrynfs.client.NfsAttributes;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsDirectoryEntry;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFileType;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.client.NfsUrl;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A path on a server.
 *
 * @param client the connection to that server
 * @param url the server as the user named it, and the path
 */
public record RemotePlace(NfsClient client, NfsUrl url) implements Place {

  /** The limit of Linux, which then returns ELOOP. */
  private static final int SYMLINKS_MAX = 40;

  public NfsPath path() {
    return url.path();
  }

  @Override
  public Place child(byte[] name) throws IOException {
    NfsPath path;
    try {
      path = path().resolveBytes(name);
    } catch (IllegalArgumentException e) {
      throw new IOException(Printable.name(name) + ": " + e.getMessage(), e);
    }
    // The name must not be empty or a dot, or contain a slash: a server's listing must not redirect
    // the walk.
    if (path.depth() != path().depth() + 1 || !Arrays.equals(path.nameBytes(), name)) {
      throw new IOException("invalid file name: " + Printable.name(name));
    }
    return at(path);
  }

  @Override
  public Place parent() {
    return at(path().parent());
  }

  private RemotePlace at(NfsPath other) {
    return new RemotePlace(client, url.withPath(other));
  }

  @Override
  public byte[] nameBytes() {
    return path().nameBytes();
  }

  @Override
  public String shown() {
    return url.toString();
  }

  @Override
  public byte[] spelled() {
    return url.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public FileInfo info() throws IOException {
    return translated(() -> info(client.attributes(path())));
  }

  /** Converts attributes; null stays null. */
  public static @Nullable FileInfo infoOf(@Nullable NfsAttributes attributes) {
    return attributes == null ? null : info(attributes);
  }

  private static FileInfo info(NfsAttributes attributes) {
    return new FileInfo(
        kind(attributes.type()),
        attributes.mode(),
        attributes.links(),
        attributes.owner(),
        attributes.group(),
        attributes.sizeBytes(),
        attributes.usedBytes(),
        List.of(attributes.fsidMajor(), attributes.fsidMinor()),
        attributes.fileid(),
        false,
        attributes.deviceMajor(),
        attributes.deviceMinor(),
        attributes.accessTime(),
        attributes.modifyTime());
  }

  private static FileKind kind(NfsFileType type) {
    return switch (type) {
      case REGULAR -> FileKind.REGULAR;
      case DIRECTORY -> FileKind.DIRECTORY;
      case SYMLINK -> FileKind.SYMLINK;
      case FIFO -> FileKind.FIFO;
      case SOCKET -> FileKind.SOCKET;
      case BLOCK_DEVICE -> FileKind.BLOCK_DEVICE;
      case CHARACTER_DEVICE -> FileKind.CHARACTER_DEVICE;
      case OTHER -> FileKind.OTHER;
    };
  }

  private static NfsFileType type(FileKind kind) {
    return switch (kind) {
      case REGULAR -> NfsFileType.REGULAR;
      case DIRECTORY -> NfsFileType.DIRECTORY;
      case SYMLINK -> NfsFileType.SYMLINK;
      case FIFO -> NfsFileType.FIFO;
      case SOCKET -> NfsFileType.SOCKET;
      case BLOCK_DEVICE -> NfsFileType.BLOCK_DEVICE;
      case CHARACTER_DEVICE -> NfsFileType.CHARACTER_DEVICE;
      case OTHER -> NfsFileType.OTHER;
    };
  }

  /**
   * Follows symbolic links on the client, as the protocol requires (RFC 8881 section 18.13.3). An
   * absolute target is resolved from the server's root, because there is no mount point.
   */
  @Override
  public Place followed() throws IOException {
    Deque<byte[]> rest = new ArrayDeque<>(path().nameList());
    NfsPath here = NfsPath.ROOT;
    int followed = 0;
    while (!rest.isEmpty()) {
      byte[] name = rest.removeFirst();
      NfsPath next = here.resolveBytes(name);
      RemotePlace place = at(next);
      boolean link = next.depth() > here.depth() && place.info().isSymlink();
      if (!link) {
        here = next;
        continue;
      }
      if (++followed > SYMLINKS_MAX) {
        throw new FileSystemLoopException(shown());
      }
      String target = new String(place.readSymlink(), StandardCharsets.ISO_8859_1);
      if (target.startsWith("/")) {
        here = NfsPath.ROOT;
      }
      String[] names = target.split("/", -1);
      for (int i = names.length - 1; i >= 0; i--) {
        rest.addFirst(names[i].getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return at(here);
  }

  @Override
  public Listing list() throws IOException {
    DirectoryStream<NfsDirectoryEntry> entries = translated(() -> client.list(path()));
    Iterator<NfsDirectoryEntry> each = entries.iterator();
    return new Listing() {
      @Override
      public @Nullable Item next() throws IOException {
        boolean more = translated(each::hasNext);
        return more ? item(translated(each::next)) : null;
      }

      @Override
      public void close() throws IOException {
        entries.close();
      }
    };
  }

  private Listing.Item item(NfsDirectoryEntry entry) {
    NfsException failure = entry.failure();
    return failure == null
        ? new Listing.Entry(at(entry.path()), info(entry.attributes()))
        : new Listing.Unusable(below(Printable.name(entry.nameBytes())), failure);
  }

  /** Returns the text for an entry of this directory whose name is invalid in a path. */
  private String below(String name) {
    return shown().endsWith("/") ? shown() + name : shown() + "/" + name;
  }

  @Override
  public @Nullable FileInfo makeDirectory(int mode) throws IOException {
    translated(() -> client.mkdir(path(), mode & ~FileInfo.SET_IDS));
    return null;
  }

  @Override
  public @Nullable FileInfo makeSymlink(byte[] target) throws IOException {
    translated(() -> client.symlink(path(), target));
    return null;
  }

  @Override
  public byte[] readSymlink() throws IOException {
    return translated(() -> client.readlink(path()));
  }

  @Override
  public void makeLink(Place existing) throws IOException {
    client.link(onThisServer(existing).path(), path());
  }

  @Override
  public @Nullable FileInfo makeSpecial(FileInfo like) throws IOException {
    int mode = like.mode() & ~FileInfo.SET_IDS;
    client.mknod(path(), type(like.kind()), mode, like.deviceMajor(), like.deviceMinor());
    return null;
  }

  @Override
  public void renameTo(Place target) throws IOException {
    client.rename(path(), onThisServer(target).path());
  }

  private RemotePlace onThisServer(Place other) throws IOException {
    if (other instanceof RemotePlace remote && sameTree(remote)) {
      return remote;
    }
    throw new FileSystemException(shown(), other.shown(), "not on the same server");
  }

  @Override
  public void remove(FileInfo there) throws IOException {
    client.remove(path());
  }

  @Override
  public PreservedAttributes preserveAttributes(FileInfo like, @Nullable FileInfo made)
      throws IOException {
    // A change of the owner clears the set-uid and set-gid bits, so the mode is set afterwards.
    boolean owner = hasOwner(info(), like) || setOwner(like);
    FileInfo kept = owner ? like : like.withMode(like.mode() & ~FileInfo.SET_IDS);
    client.setAttributes(path(), modeAndTimes(kept));
    boolean times = isRepresentable(like.modifyTime()) || isNear(info(), like);
    return new PreservedAttributes(owner, times);
  }

  /** Returns whether every file system can represent this time, so that it need not be verified. */
  private static boolean isRepresentable(Instant time) {
    return time.getEpochSecond() >= 0 && time.getEpochSecond() <= Integer.MAX_VALUE;
  }

  private static boolean isNear(FileInfo now, FileInfo like) {
    return LocalPlace.isNear(now.modifyTime(), like.modifyTime());
  }

  /** Returns whether a file has the owner and group of another. */
  public static boolean hasOwner(FileInfo now, FileInfo like) {
    return now.owner().equals(like.owner()) && now.group().equals(like.group());
  }

  /** Returns the attributes that are set together with the data: permission bits and times. */
  public static NfsAttributeChanges modeAndTimes(FileInfo like) {
    NfsAttributeChanges times =
        NfsAttributeChanges.none()
            .withAccessTime(like.accessTime())
            .withModifyTime(like.modifyTime());
    return like.isSymlink() ? times : times.withMode(like.mode());
  }

  private boolean setOwner(FileInfo like) throws IOException {
    try {
      client.setAttributes(
          path(), NfsAttributeChanges.none().withOwner(like.owner()).withGroup(like.group()));
      return true;
    } catch (NfsException e) {
      if (e.is(NfsException.Reason.ACCESS_DENIED) || e.is(NfsException.Reason.INVALID)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void setMode(int mode, @Nullable FileInfo made) throws IOException {
    client.setAttributes(path(), NfsAttributeChanges.none().withMode(mode));
  }

  /** Returns an empty list if the server does not support extended attributes. */
  @Override
  public Future<List<String>> xattrNames() {
    return client
        .xattrs(path())
        .listAsync()
        .exceptionallyCompose(failure ->
            failure instanceof NfsException e && isUnsupported(e)
                ? CompletableFuture.completedFuture(List.of())
                : CompletableFuture.failedFuture(failure));
  }

  @Override
  public byte[] xattr(String name) throws IOException {
    return client.xattrs(path()).get(name);
  }

  @Override
  public boolean setXattr(String name, byte[] value, @Nullable FileInfo made) throws IOException {
    if (!ByteText.isUtf8(ByteText.bytes(name))) {
      // RFC 8276 section 5: a name is a UTF-8 string on the wire.
      throw new IOException("NFS does not support names of extended attributes that are not UTF-8");
    }
    try {
      client.xattrs(path()).set(name, value);
      return true;
    } catch (NfsException e) {
      if (isUnsupported(e)) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isUnsupported(NfsException e) {
    return e.is(NfsException.Reason.UNSUPPORTED);
  }

  @Override
  public List<String> acl() throws IOException {
    try {
      return AclText.of(client.acl(path()));
    } catch (NfsException e) {
      if (isUnsupported(e)) {
        return List.of();
      }
      throw e;
    }
  }

  @Override
  public InputStream read() throws IOException {
    return translated(() -> client.newInputStream(path()));
  }

  @Override
  public OutputStream write(int mode) throws IOException {
    return client.newOutputStream(path(), NfsOpenOptions.forReplacing(mode));
  }

  @Override
  public boolean sameTree(Place other) {
    return other instanceof RemotePlace remote
        && (client.equals(remote.client) || client.server().sameServer(remote.client.server()));
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  /** Runs a call. NFS4ERR_NOENT becomes {@link NoSuchFileException}, as for a local file. */
  private <T> T translated(Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (NfsException e) {
      if (e.is(NfsException.Reason.NOT_FOUND)) {
        NoSuchFileException missing = new NoSuchFileException(shown());
        missing.initCause(e);
        throw missing;
      }
      throw e;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }
}
