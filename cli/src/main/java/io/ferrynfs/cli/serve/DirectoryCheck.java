package io.ferrynfs.cli.serve;

import io.ferrynfs.cli.admin.ExportProblem;
import io.ferrynfs.cli.base.ErrorText;
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
 * Checks that an exported directory still exists at its path. The server continues to serve the
 * directory that it has opened, even if it was removed, unmounted or mounted over.
 */
final class DirectoryCheck implements ExportWatch.Check {
  private final Path directory;
  private final Volume volume;
  private final Map<String, Object> identity;

  /** Creates a check of an existing directory that the volume has opened. */
  DirectoryCheck(Path directory, Volume volume) throws IOException {
    this.directory = directory;
    this.volume = volume;
    this.identity = identity(directory);
  }

  private static Map<String, Object> identity(Path directory) throws IOException {
    return Files.readAttributes(directory, "unix:dev,ino");
  }

  @Override
  public @Nullable ExportProblem check() {
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
      return failing(ErrorText.text(e));
    }
  }

  private ExportProblem gone() {
    return new ExportProblem("gone", directory + " was removed or moved");
  }

  private ExportProblem failing(String why) {
    return new ExportProblem("failing", directory + " cannot be read: " + why);
  }
}
