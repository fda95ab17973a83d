package io.ferrynfs.cli.serve;

import io.ferrynfs.cli.admin.ExportProblem;
import io.ferrynfs.cli.base.Failures;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether an exported directory is still there, and is still what its path leads to: a server goes
 * on serving the one that it has opened, which may have been removed, unmounted or mounted over
 * meanwhile.
 */
final class DirectoryLook implements ExportWatch.Look {
  private final Path directory;
  private final Volume volume;
  private final Map<String, Object> identity;

  /** Of a directory that is there and that the volume has opened. */
  DirectoryLook(Path directory, Volume volume) throws IOException {
    this.directory = directory;
    this.volume = volume;
    this.identity = identity(directory);
  }

  private static Map<String, Object> identity(Path directory) throws IOException {
    return Files.readAttributes(directory, "unix:dev,ino");
  }

  @Override
  public @Nullable ExportProblem look() {
    try {
      Attributes root = volume.attributes(Caller.SUPERUSER, volume.root());
      if (root.nlink() == 0) {
        return gone();
      }
      return identity(directory).equals(identity)
          ? null
          : new ExportProblem(
              "replaced",
              "another directory is at "
                  + directory
                  + " now, and the former one is served: it was unmounted, mounted over or moved");
    } catch (StorageException e) {
      return e.status() == Status.STALE ? gone() : failing(e.status().toString());
    } catch (NoSuchFileException e) {
      return gone();
    } catch (IOException e) {
      return failing(Failures.text(e));
    }
  }

  private ExportProblem gone() {
    return new ExportProblem("gone", directory + " is not there any more");
  }

  private ExportProblem failing(String why) {
    return new ExportProblem("failing", directory + " cannot be read: " + why);
  }
}
