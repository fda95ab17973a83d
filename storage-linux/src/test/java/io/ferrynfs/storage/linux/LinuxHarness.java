package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.tree.CallerPermissions;
import io.ferrynfs.storage.linux.tree.DescriptorBudget;
import io.ferrynfs.storage.testkit.VolumeHarness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/** An empty directory as a volume, with a state directory beside it. */
final class LinuxHarness implements VolumeHarness {
  private final Path top;
  private final Options options;
  private final CallerPermissions permissions;
  private LinuxVolume volume;

  private LinuxHarness(Path top, Options options, CallerPermissions permissions)
      throws IOException {
    this.top = top;
    this.options = options;
    this.permissions = permissions;
    Files.createDirectory(exported());
    Files.setPosixFilePermissions(exported(), PosixFilePermissions.fromString("rwxrwxrwx"));
    this.volume = openVolume();
  }

  private LinuxVolume openVolume() throws IOException {
    return VolumeOpener.open(exported(), options, DescriptorBudget.OF_PROCESS, permissions);
  }

  /** Returns a harness in the default directory for temporary files. */
  static LinuxHarness of(HandleMode mode) {
    return of(temporary(), mode);
  }

  /**
   * Returns a harness that, in a superuser process, behaves as if the process could not change its
   * identity.
   */
  static LinuxHarness withoutIdentities() {
    CallerPermissions permissions =
        isSuperuser() ? CallerPermissions.ofSuperuser(null) : CallerPermissions.best();
    return of(temporary(), HandleMode.AUTO, permissions);
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  static LinuxHarness of(Path where, HandleMode mode) {
    return of(where, mode, CallerPermissions.best());
  }

  private static LinuxHarness of(Path where, HandleMode mode, CallerPermissions permissions) {
    try {
      Path top = Files.createTempDirectory(where, "ferry-volume");
      return new LinuxHarness(
          top,
          Options.of(top.resolve("state")).withHandleMode(mode).withNamesDurable(false),
          permissions);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns whether this process is the superuser, which has kernel handles and enforces
   * permissions.
   */
  static boolean isSuperuser() {
    return AttributeCalls.effectiveUid() == 0;
  }

  Path exported() {
    return top.resolve("exported");
  }

  Path outside() {
    return top;
  }

  Options options() {
    return options;
  }

  @Override
  public LinuxVolume volume() {
    return volume;
  }

  @Override
  public void reopen() {
    try {
      volume.close();
      volume = openVolume();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Caller user() {
    return isSuperuser()
        ? Caller.of(1000, 1000)
        : Caller.of(AttributeCalls.effectiveUid(), AttributeCalls.effectiveGid());
  }

  @Override
  public void close() {
    try {
      volume.close();
      try (Stream<Path> paths = Files.walk(top)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }
}
