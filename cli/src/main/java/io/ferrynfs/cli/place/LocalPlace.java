package io.ferrynfs.cli.place;

import io.ferrynfs.cli.base.ByteText;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.storage.linux.LocalEntry;
import io.ferrynfs.storage.linux.LocalFile;
import io.ferrynfs.storage.linux.LocalListing;
import io.ferrynfs.storage.linux.LocalObject;
import io.ferrynfs.storage.linux.LocalStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A path of this machine: names below the directory that the user named, which is kept open.
 *
 * <p>A place from {@link #of} must be closed. Places derived from it are closed with it.
 */
public final class LocalPlace implements Place, AutoCloseable {

  /** The coarsest resolution of times is 2 s (FAT). A larger difference is another time. */
  private static final Duration TIME_RESOLUTION_MAX = Duration.ofSeconds(2);

  private static final byte[] UP = {'.', '.'};

  private final LocalBase base;
  private final List<byte[]> names;
  private final byte[] spelled;
  private final boolean followed;

  private LocalPlace(LocalBase base, List<byte[]> names, byte[] spelled, boolean followed) {
    this.base = base;
    this.names = names;
    this.spelled = spelled;
    this.followed = followed;
  }

  /**
   * Returns the place of a path, absolute or relative to the working directory. The path may have
   * any bytes except NUL.
   */
  public static LocalPlace of(byte[] path) {
    return of(path, LocalBase::new);
  }

  private static LocalPlace of(byte[] path, Function<byte[], LocalBase> opener) {
    int end = path.length;
    while (end > 1 && path[end - 1] == '/') {
      end--;
    }
    int start = end;
    while (start > 0 && path[start - 1] != '/') {
      start--;
    }
    byte[] name = Arrays.copyOfRange(path, start, end);
    if (isDots(name) || name.length == 0) {
      return new LocalPlace(opener.apply(path), List.of(), path, false);
    }
    byte[] directory = start == 0 ? new byte[] {'.'} : Arrays.copyOf(path, start);
    return new LocalPlace(opener.apply(directory), List.of(name), Arrays.copyOf(path, end), false);
  }

  private static boolean isDots(byte[] name) {
    return (name.length == 1 && name[0] == '.')
        || (name.length == 2 && name[0] == '.' && name[1] == '.');
  }

  private LocalEntry entry() throws IOException {
    return base.directory().entry(names, followed);
  }

  @Override
  public Place child(byte[] name) throws IOException {
    List<byte[]> longer = new ArrayList<>(names);
    longer.add(name);
    if (isDots(name) || name.length == 0 || ByteText.of(name).matches("(?s).*[/\0].*")) {
      throw new IOException("invalid file name: " + Printable.name(name));
    }
    return followed
        ? new LocalPlace(base.other(spelled), List.of(name), joined(name), false)
        : new LocalPlace(base, longer, joined(name), false);
  }

  private byte[] joined(byte[] name) {
    boolean slash = spelled.length > 0 && spelled[spelled.length - 1] == '/';
    byte[] path = Arrays.copyOf(spelled, spelled.length + (slash ? 0 : 1) + name.length);
    if (!slash) {
      path[spelled.length] = '/';
    }
    System.arraycopy(name, 0, path, path.length - name.length, name.length);
    return path;
  }

  @Override
  public Place parent() {
    return switch (names.size()) {
      case 0 -> of(joined(UP), base::other);
      case 1 -> of(base.path(), base::other);
      default -> {
        byte[] up = Arrays.copyOf(spelled, spelled.length - names.getLast().length - 1);
        yield new LocalPlace(base, names.subList(0, names.size() - 1), up, false);
      }
    };
  }

  @Override
  public byte[] nameBytes() {
    return names.isEmpty() ? new byte[0] : names.getLast();
  }

  @Override
  public String shown() {
    return Printable.name(spelled);
  }

  @Override
  public byte[] spelled() {
    return spelled.clone();
  }

  @Override
  public FileInfo info() throws IOException {
    return info(entry().stat());
  }

  /** Converts the result of stat(2). */
  public static FileInfo info(LocalStat stat) {
    return new FileInfo(
        kind(stat.type()),
        stat.mode(),
        stat.links(),
        Long.toString(stat.uid()),
        Long.toString(stat.gid()),
        stat.sizeBytes(),
        stat.usedBytes(),
        stat.fileSystem(),
        stat.inode(),
        stat.isMountRoot(),
        stat.deviceMajor(),
        stat.deviceMinor(),
        stat.accessTime(),
        stat.modifyTime());
  }

  private static FileKind kind(int type) {
    return switch (type) {
      case LocalStat.REGULAR -> FileKind.REGULAR;
      case LocalStat.DIRECTORY -> FileKind.DIRECTORY;
      case LocalStat.SYMLINK -> FileKind.SYMLINK;
      case LocalStat.FIFO -> FileKind.FIFO;
      case LocalStat.SOCKET -> FileKind.SOCKET;
      case LocalStat.BLOCK_DEVICE -> FileKind.BLOCK_DEVICE;
      case LocalStat.CHARACTER_DEVICE -> FileKind.CHARACTER_DEVICE;
      default -> FileKind.OTHER;
    };
  }

  /** Returns the same path. Operations on it follow a symbolic link in the last name. */
  @Override
  public Place followed() throws IOException {
    return new LocalPlace(base, names, spelled, true);
  }

  @Override
  public Listing list() throws IOException {
    LocalListing entries = entry().list();
    return new Listing() {
      @Override
      public @Nullable Item next() throws IOException {
        LocalListing.Entry entry = entries.next();
        return entry == null ? null : new Entry(child(entry.name()), info(entry.stat()));
      }

      @Override
      public void close() {
        entries.close();
      }
    };
  }

  @Override
  public FileInfo makeDirectory(int mode) throws IOException {
    LocalStat made = entry().makeDirectory(mode & 0777);
    FileInfo info = info(made);
    setMode(mode & ~FileInfo.SET_IDS, info);
    return info;
  }

  @Override
  public FileInfo makeSymlink(byte[] target) throws IOException {
    return info(entry().makeSymlink(target));
  }

  @Override
  public byte[] readSymlink() throws IOException {
    try (LocalObject object = entry().object()) {
      return object.readSymlink();
    }
  }

  @Override
  public void makeLink(Place existing) throws IOException {
    entry().makeLink(local(existing).entry());
  }

  private LocalPlace local(Place other) throws IOException {
    if (other instanceof LocalPlace local) {
      return local;
    }
    throw new FileSystemException(shown(), other.shown(), "not in the same file tree");
  }

  @Override
  public FileInfo makeSpecial(FileInfo like) throws IOException {
    int type =
        switch (like.kind()) {
          case FIFO -> LocalStat.FIFO;
          case SOCKET -> LocalStat.SOCKET;
          case BLOCK_DEVICE -> LocalStat.BLOCK_DEVICE;
          case CHARACTER_DEVICE -> LocalStat.CHARACTER_DEVICE;
          default -> throw new IOException("is of a type that cannot be made");
        };
    return info(
        entry().makeSpecial(type, like.mode() & 0777, like.deviceMajor(), like.deviceMinor()));
  }

  @Override
  public void renameTo(Place target) throws IOException {
    entry().renameTo(local(target).entry());
  }

  @Override
  public void remove(FileInfo there) throws IOException {
    entry().remove(there.isDirectory());
  }

  /** Opens the file, and checks that it is the one that was created here. */
  private LocalObject object(@Nullable FileInfo made) throws IOException {
    LocalObject object = entry().object();
    FileInfo info = info(object.stat());
    if (made != null && !(info.identity().equals(made.identity()) && info.kind() == made.kind())) {
      object.close();
      throw new IOException("was replaced by another file");
    }
    return object;
  }

  @Override
  public PreservedAttributes preserveAttributes(FileInfo like, @Nullable FileInfo made)
      throws IOException {
    try (LocalObject object = object(made)) {
      boolean owner = setOwner(object, like);
      if (!like.isSymlink()) {
        // chown(2) clears the set-uid and set-gid bits, so the mode is set afterwards.
        object.setMode(owner ? like.mode() : like.mode() & ~FileInfo.SET_IDS);
      }
      object.setTimes(like.accessTime(), like.modifyTime());
      return new PreservedAttributes(
          owner, isNear(object.statNow().modifyTime(), like.modifyTime()));
    }
  }

  private static boolean setOwner(LocalObject object, FileInfo like) throws IOException {
    LocalStat now = object.stat();
    if (like.owner().equals(Long.toString(now.uid()))
        && like.group().equals(Long.toString(now.gid()))) {
      return true;
    }
    try {
      long uid = Integer.toUnsignedLong(Integer.parseUnsignedInt(like.owner()));
      long gid = Integer.toUnsignedLong(Integer.parseUnsignedInt(like.group()));
      return object.setOwner(uid, gid);
    } catch (NumberFormatException named) {
      return false;
    }
  }

  /** Returns whether two times are equal up to the resolution of file systems. */
  static boolean isNear(Instant one, Instant other) {
    return Duration.between(one, other).abs().compareTo(TIME_RESOLUTION_MAX) <= 0;
  }

  @Override
  public void setMode(int mode, @Nullable FileInfo made) throws IOException {
    try (LocalObject object = object(made)) {
      object.setMode(mode);
    }
  }

  @Override
  public Future<List<String>> xattrNames() throws IOException {
    try (LocalObject object = entry().object()) {
      return CompletableFuture.completedFuture(
          object.xattrNames().stream().map(ByteText::of).toList());
    }
  }

  @Override
  public byte[] xattr(String name) throws IOException {
    try (LocalObject object = entry().object()) {
      byte[] value = object.xattr(ByteText.bytes(name));
      if (value == null) {
        throw new IOException("it was removed");
      }
      return value;
    }
  }

  @Override
  public boolean setXattr(String name, byte[] value, @Nullable FileInfo made) throws IOException {
    try (LocalObject object = object(made)) {
      return object.setXattr(ByteText.bytes(name), value);
    }
  }

  /** Returns no entries. Other commands show the lists of local files. */
  @Override
  public List<String> acl() {
    return List.of();
  }

  /**
   * Opens the file for reading.
   *
   * @param regular whether it must be a regular file, because a walk found one; a file that the
   *     user named may be of any type
   */
  public LocalFile open(boolean regular) throws IOException {
    return entry().read(regular);
  }

  /** Creates a regular file. Fails if the name exists. */
  public LocalFile create(int mode) throws IOException {
    return entry().create(mode);
  }

  /** Opens an existing file for overwriting, and checks that it is the one that was found. */
  public LocalFile replace(FileInfo there) throws IOException {
    return entry().replace(stat -> info(stat).isSameFile(there), there.isRegular());
  }

  @Override
  public InputStream read() throws IOException {
    return LocalStreams.in(open(false));
  }

  @Override
  public OutputStream write(int mode) throws IOException {
    return LocalStreams.out(create(mode));
  }

  @Override
  public boolean sameTree(Place other) {
    return other instanceof LocalPlace;
  }

  @Override
  public void close() {
    base.close();
  }
}
