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

  /** As many as Linux follows before it says ELOOP. */
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
    // A dot, a slash in it, or nothing: a server's listing must not lead elsewhere by a name.
    if (path.depth() != path().depth() + 1 || !Arrays.equals(path.nameBytes(), name)) {
      throw new IOException("no file can be called " + Printable.name(name));
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
    return named(() -> info(client.attributes(path())));
  }

  /** Attributes that were not asked for by this; null stays null. */
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
   * The client leaves symbolic links to its user, as the protocol does (RFC 8881 section 18.13.3).
   * An absolute target is taken from the server's root: what else it could mean only a mount knows.
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
    DirectoryStream<NfsDirectoryEntry> entries = named(() -> client.list(path()));
    Iterator<NfsDirectoryEntry> each = entries.iterator();
    return new Listing() {
      @Override
      public @Nullable Item next() throws IOException {
        boolean more = named(each::hasNext);
        return more ? item(named(each::next)) : null;
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

  /** Something here by a name that no path can have; a root ends in a slash already. */
  private String below(String name) {
    return shown().endsWith("/") ? shown() + name : shown() + "/" + name;
  }

  @Override
  public @Nullable FileInfo makeDirectory(int mode) throws IOException {
    named(() -> client.mkdir(path(), mode & ~FileInfo.SET_IDS));
    return null;
  }

  @Override
  public @Nullable FileInfo makeSymlink(byte[] target) throws IOException {
    named(() -> client.symlink(path(), target));
    return null;
  }

  @Override
  public byte[] readSymlink() throws IOException {
    return named(() -> client.readlink(path()));
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
  public Kept keepAttributes(FileInfo like, @Nullable FileInfo made) throws IOException {
    // A change of owner clears set-uid bits, so the mode comes after it.
    boolean owner = hasOwner(info(), like) || setOwner(like);
    FileInfo kept = owner ? like : like.withMode(like.mode() & ~FileInfo.SET_IDS);
    client.setAttributes(path(), modeAndTimes(kept));
    boolean times = isOrdinary(like.modifyTime()) || isNear(info(), like);
    return new Kept(owner, times);
  }

  /** Whether every file system holds this time: it need not be asked what became of it. */
  private static boolean isOrdinary(Instant time) {
    return time.getEpochSecond() >= 0 && time.getEpochSecond() <= Integer.MAX_VALUE;
  }

  private static boolean isNear(FileInfo now, FileInfo like) {
    return LocalPlace.isNear(now.modifyTime(), like.modifyTime());
  }

  /** Whether a file has the owner and group of another. */
  public static boolean hasOwner(FileInfo now, FileInfo like) {
    return now.owner().equals(like.owner()) && now.group().equals(like.group());
  }

  /** The attributes that are set together with the data: permission bits and times. */
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

  /** Where a server lacks them it says so, here and not when the names are needed. */
  @Override
  public Future<List<String>> xattrNames() {
    return client
        .xattrs(path())
        .listAsync()
        .exceptionallyCompose(failure ->
            failure instanceof NfsException e && lacks(e)
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
      throw new IOException("a server takes no attribute by a name that is no UTF-8");
    }
    try {
      client.xattrs(path()).set(name, value);
      return true;
    } catch (NfsException e) {
      if (lacks(e)) {
        return false;
      }
      throw e;
    }
  }

  private static boolean lacks(NfsException e) {
    return e.is(NfsException.Reason.UNSUPPORTED);
  }

  @Override
  public List<String> acl() throws IOException {
    try {
      return AclText.of(client.acl(path()));
    } catch (NfsException e) {
      if (lacks(e)) {
        return List.of();
      }
      throw e;
    }
  }

  @Override
  public InputStream read() throws IOException {
    return named(() -> client.newInputStream(path()));
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

  /** "Nothing there" in the words of java.nio, as the local side says it. */
  private <T> T named(Call<T> call) throws IOException {
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
