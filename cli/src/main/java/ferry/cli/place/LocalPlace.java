package ferry.cli.place;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A path of this machine.
 *
 * @param path the path
 */
public record LocalPlace(Path path) implements Place {

  private static final int TYPE_MASK = 0170000;
  private static final int MODE_MASK = 07777;

  @Override
  public Place child(byte[] name) {
    return new LocalPlace(path.resolve(new String(name, StandardCharsets.UTF_8)));
  }

  @Override
  public Place parent() {
    Path parent = path.toAbsolutePath().normalize().getParent();
    return new LocalPlace(parent == null ? path : parent);
  }

  @Override
  public byte[] nameBytes() {
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name == null ? new byte[0] : name.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String shown() {
    return path.toString();
  }

  @Override
  public FileInfo info() throws IOException {
    Map<String, Object> unix = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
    int mode = (int) number(unix, "mode");
    long device = number(unix, "rdev");
    return new FileInfo(
        kind(mode),
        mode & MODE_MASK,
        number(unix, "nlink"),
        Long.toString(number(unix, "uid")),
        Long.toString(number(unix, "gid")),
        number(unix, "size"),
        -1,
        List.of(number(unix, "dev"), number(unix, "ino")),
        (device >>> 8) & 0xfff,
        (device & 0xff) | ((device >>> 12) & 0xfff00),
        time(unix, "lastAccessTime"),
        time(unix, "lastModifiedTime"));
  }

  private static long number(Map<String, Object> unix, String name) {
    return unix.get(name) instanceof Number number ? number.longValue() : 0;
  }

  private static Instant time(Map<String, Object> unix, String name) {
    return unix.get(name) instanceof FileTime time ? time.toInstant() : Instant.EPOCH;
  }

  private static FileKind kind(int mode) {
    return switch (mode & TYPE_MASK) {
      case 0100000 -> FileKind.REGULAR;
      case 0040000 -> FileKind.DIRECTORY;
      case 0120000 -> FileKind.SYMLINK;
      case 0010000 -> FileKind.FIFO;
      case 0140000 -> FileKind.SOCKET;
      case 0060000 -> FileKind.BLOCK_DEVICE;
      case 0020000 -> FileKind.CHARACTER_DEVICE;
      default -> FileKind.OTHER;
    };
  }

  @Override
  public Place followed() throws IOException {
    return new LocalPlace(path.toRealPath());
  }

  /** To be closed by the caller, as the interface says. */
  @Override
  @SuppressWarnings("StreamResourceLeak")
  public Stream<Entry> list() throws IOException {
    return Files.list(path)
        .<Entry>mapMulti((child, sink) -> {
          Place place = new LocalPlace(child);
          try {
            sink.accept(new Entry(place, place.info()));
          } catch (NoSuchFileException removedMeanwhile) {
            // A listing shows what is there.
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  @Override
  public void makeDirectory(int mode) throws IOException {
    Files.createDirectory(path);
    Files.setAttribute(path, "unix:mode", mode & MODE_MASK);
  }

  @Override
  public void makeSymlink(byte[] target) throws IOException {
    Files.createSymbolicLink(path, Path.of(new String(target, StandardCharsets.UTF_8)));
  }

  @Override
  public byte[] readSymlink() throws IOException {
    return Files.readSymbolicLink(path).toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void makeLink(Place existing) throws IOException {
    if (!(existing instanceof LocalPlace local)) {
      throw new FileSystemException(shown(), existing.shown(), "not in the same file tree");
    }
    Files.createLink(path, local.path);
  }

  @Override
  public void makeSpecial(FileInfo like) throws IOException {
    throw new FileSystemException(
        shown(), null, "a " + like.kind() + " is not made on the local side; copy it by hand");
  }

  @Override
  public void renameTo(Place target) throws IOException {
    if (!(target instanceof LocalPlace local)) {
      throw new FileSystemException(shown(), target.shown(), "not in the same file tree");
    }
    Files.move(path, local.path, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void remove() throws IOException {
    Files.delete(path);
  }

  @Override
  public void setModeAndTimes(FileInfo like) throws IOException {
    if (!like.isSymlink()) {
      Files.setAttribute(path, "unix:mode", like.mode());
    }
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(FileTime.from(like.modifyTime()), FileTime.from(like.accessTime()), null);
  }

  @Override
  public boolean setOwner(FileInfo like) throws IOException {
    try {
      int uid = Integer.parseUnsignedInt(like.owner());
      int gid = Integer.parseUnsignedInt(like.group());
      Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
      return true;
    } catch (NumberFormatException namedOwner) {
      return false;
    } catch (FileSystemException notAllowed) {
      return false;
    }
  }

  /** Null where there are no extended attributes at all. */
  private @Nullable UserDefinedFileAttributeView xattrs() {
    return Files.getFileAttributeView(
        path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public Future<List<String>> xattrNames() throws IOException {
    UserDefinedFileAttributeView xattrs = xattrs();
    try {
      return CompletableFuture.completedFuture(xattrs == null ? List.of() : xattrs.list());
    } catch (FileSystemException e) {
      if (!hasXattrs()) {
        return CompletableFuture.completedFuture(List.of());
      }
      throw e;
    }
  }

  @Override
  public byte[] xattr(String name) throws IOException {
    UserDefinedFileAttributeView xattrs = xattrs();
    if (xattrs == null) {
      throw new FileSystemException(shown(), null, "has no extended attributes");
    }
    ByteBuffer value = ByteBuffer.allocate(xattrs.size(name));
    xattrs.read(name, value);
    return Arrays.copyOf(value.array(), value.position());
  }

  @Override
  public boolean setXattr(String name, byte[] value) throws IOException {
    UserDefinedFileAttributeView xattrs = xattrs();
    if (xattrs == null) {
      return false;
    }
    try {
      xattrs.write(name, ByteBuffer.wrap(value));
      return true;
    } catch (FileSystemException e) {
      if (!hasXattrs()) {
        return false;
      }
      throw e;
    }
  }

  /** Asked after a failure, since the JDK has no exception for EOPNOTSUPP. */
  private boolean hasXattrs() throws IOException {
    return Files.getFileStore(path)
        .supportsFileAttributeView(UserDefinedFileAttributeView.class);
  }

  /** For local files there are commands that show more. */
  @Override
  public List<String> acl() {
    return List.of();
  }

  @Override
  public InputStream read() throws IOException {
    return Files.newInputStream(path);
  }

  @Override
  public OutputStream write(int mode) throws IOException {
    return Files.newOutputStream(path);
  }

  @Override
  public void truncate(long sizeBytes) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      LocalFiles.setSize(file, sizeBytes);
    }
  }

  @Override
  public boolean sameTree(Place other) {
    return other instanceof LocalPlace;
  }
}
