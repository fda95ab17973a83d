package ferry.cli.serve;

import ferry.rpc.env.RandomSource;
import ferry.wire.xdr.Opaque;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Where a server keeps what must outlive it: for each exported directory what its filehandles need,
 * the server's own name, and the clients that may reclaim after a restart. Below one folder, by
 * what is exported, so that a restart finds it again.
 */
public final class StateFolder {
  private static final int IDENTITY_BYTES = 16;

  private final Path folder;

  /**
   * @param folder made if it is not there, for this user alone
   */
  public StateFolder(Path folder) throws IOException {
    this.folder = folder;
    makePrivate(folder);
  }

  /** The usual place: /var/lib/ferry for root, else below {@code $XDG_STATE_HOME}. */
  public static Path usual() {
    if (System.getProperty("user.name").equals("root")) {
      return Path.of("/var/lib/ferry");
    }
    return Optional.ofNullable(System.getenv("XDG_STATE_HOME"))
        .filter(home -> !home.isEmpty())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "state"))
        .resolve("ferry");
  }

  /** The folder of one exported directory. */
  public Path ofExport(Path directory) throws IOException {
    return makePrivate(folder.resolve("export-" + digest(directory.toRealPath().toString())));
  }

  /**
   * The server's name, made at the first start. A client takes a server with the same name for the
   * same server (RFC 5661 section 2.10.4), so it must be no other's, and stay.
   */
  public Opaque identity(Path firstExport, RandomSource random) throws IOException {
    Path file = ofExport(firstExport).resolve("server-id");
    if (Files.exists(file)) {
      return Opaque.ofUtf8(Files.readString(file).strip());
    }
    String name = "ferry-" + HexFormat.of().formatHex(random.bytes(IDENTITY_BYTES));
    Path fresh = file.resolveSibling("server-id.new");
    Files.writeString(fresh, name + "\n");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    return Opaque.ofUtf8(name);
  }

  /** Where the server keeps who may reclaim after a restart. */
  public Path clients(Path firstExport) throws IOException {
    return ofExport(firstExport).resolve("clients.mv");
  }

  private static Path makePrivate(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return path;
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
