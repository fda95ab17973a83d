package ferry.cli.place;

import ferry.client.NfsAttributeChanges;
import ferry.client.NfsAttributes;
import ferry.client.NfsClient;
import ferry.client.NfsDirectoryEntry;
import ferry.client.NfsException;
import ferry.client.NfsFile;
import ferry.client.NfsFileType;
import ferry.client.NfsOpenOptions;
import ferry.client.NfsPath;
import ferry.client.NfsUrl;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
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
  public Place child(byte[] name) {
    return at(path().resolveBytes(name));
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
        List.of(attributes.fsidMajor(), attributes.fsidMinor(), attributes.fileid()),
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
   * The client leaves symbolic links to its user, as the protocol does (RFC 5661 section 18.13.3).
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
  public Stream<Entry> list() throws IOException {
    DirectoryStream<NfsDirectoryEntry> entries = named(() -> client.list(path()));
    return StreamSupport.stream(entries.spliterator(), false)
        .map(entry -> new Entry(at(entry.path()), info(entry.attributes())))
        .onClose(() -> {
          try {
            entries.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  public void makeDirectory(int mode) throws IOException {
    named(() -> client.mkdir(path(), mode));
  }

  @Override
  public void makeSymlink(byte[] target) throws IOException {
    named(() -> client.symlink(path(), target));
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
  public void makeSpecial(FileInfo like) throws IOException {
    client.mknod(path(), type(like.kind()), like.mode(), like.deviceMajor(), like.deviceMinor());
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
  public void remove() throws IOException {
    client.remove(path());
  }

  @Override
  public void setModeAndTimes(FileInfo like) throws IOException {
    client.setAttributes(path(), modeAndTimes(like));
  }

  /** What {@link #setModeAndTimes} sets. */
  public static NfsAttributeChanges modeAndTimes(FileInfo like) {
    NfsAttributeChanges times =
        NfsAttributeChanges.none()
            .withAccessTime(like.accessTime())
            .withModifyTime(like.modifyTime());
    return like.isSymlink() ? times : times.withMode(like.mode());
  }

  @Override
  public boolean setOwner(FileInfo like) throws IOException {
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
  public boolean setXattr(String name, byte[] value) throws IOException {
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
  public void truncate(long sizeBytes) throws IOException {
    try (NfsFile file = client.open(path(), NfsOpenOptions.forWriting())) {
      file.truncate(sizeBytes);
    }
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
