package io.ferrynfs.cli.serve;

import io.ferrynfs.cli.admin.ExportProblem;
import io.ferrynfs.cli.base.ErrorText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the state folder can be written. Without it, clients cannot reclaim after a restart,
 * and new filehandles may be lost.
 */
final class StateFolderCheck implements ExportWatch.Check {
  /** The block size of most file systems. */
  private static final int BYTES = 4096;

  private final Path file;
  private final Supplier<@Nullable String> registryFailure;

  /**
   * Creates a check.
   *
   * @param registryFailure returns why clients are not recorded, or null
   */
  StateFolderCheck(Path folder, Supplier<@Nullable String> registryFailure) {
    file = folder.resolve("room");
    this.registryFailure = registryFailure;
  }

  @Override
  public @Nullable ExportProblem check() {
    try {
      try (SeekableByteChannel channel =
          Files.newByteChannel(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer zeros = ByteBuffer.allocate(BYTES);
        while (zeros.hasRemaining()) {
          channel.write(zeros);
        }
      } finally {
        Files.deleteIfExists(file);
      }
      String why = registryFailure.get();
      return why == null
          ? null
          : new ExportProblem(
              "state-failing",
              "clients are not recorded and cannot reclaim after a restart: " + why);
    } catch (IOException e) {
      return new ExportProblem(
          "state-failing",
          "the state folder " + file.getParent() + " cannot be written: " + ErrorText.text(e));
    }
  }
}
