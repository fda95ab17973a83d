package io.ferrynfs.cli.serve;

import io.ferrynfs.cli.admin.ExportProblem;
import io.ferrynfs.cli.base.Failures;
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
 * Whether there is room in the state folder, and its disk can be written: without it clients cannot
 * reclaim what they hold after a restart, and new filehandles may be lost.
 */
final class StateLook implements ExportWatch.Look {
  /** A block of any file system that counts. */
  private static final int BYTES = 4096;

  private final Path file;
  private final Supplier<@Nullable String> unrecorded;

  /**
   * @param unrecorded why clients are not recorded, or null
   */
  StateLook(Path folder, Supplier<@Nullable String> unrecorded) {
    file = folder.resolve("room");
    this.unrecorded = unrecorded;
  }

  @Override
  public @Nullable ExportProblem look() {
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
      String why = unrecorded.get();
      return why == null
          ? null
          : new ExportProblem(
              "state-failing",
              "clients are not recorded, and cannot reclaim after a restart: " + why);
    } catch (IOException e) {
      return new ExportProblem(
          "state-failing",
          "the state folder " + file.getParent() + " cannot be written: " + Failures.text(e));
    }
  }
}
