package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.LocalPlace;
import io.ferrynfs.storage.linux.LocalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The blocks of a local file. */
final class LocalBlocks implements BlockSource, BlockSink {
  private final LocalFile file;

  private LocalBlocks(LocalFile file) {
    this.file = file;
  }

  /**
   * Opens a file for reading.
   *
   * @param info its attributes; a file that is not regular is read as a stream
   */
  static LocalBlocks reading(LocalPlace place, FileInfo info) throws IOException {
    return new LocalBlocks(place.open(info.isRegular()));
  }

  /**
   * Opens a file for writing.
   *
   * @param existing the existing file to overwrite; null to create a file, which fails if the name
   *     exists
   */
  static LocalBlocks replacing(LocalPlace place, @Nullable FileInfo existing, int mode)
      throws IOException {
    return new LocalBlocks(existing == null ? place.create(mode) : place.replace(existing));
  }

  /** Returns the attributes of the open file. */
  FileInfo info() {
    return LocalPlace.info(file.stat());
  }

  /** Returns whether blocks may be written at any position, not only in order. */
  boolean hasPositions() {
    return file.isRegular();
  }

  @Override
  public Future<Integer> read(ByteBuffer into, long positionBytes) throws IOException {
    return CompletableFuture.completedFuture(file.read(into, positionBytes));
  }

  @Override
  public Future<Extent> nextData(long positionBytes, long endBytes) {
    if (!file.isRegular()) {
      return CompletableFuture.completedFuture(new Extent(positionBytes, endBytes));
    }
    long start = file.nextData(positionBytes, endBytes);
    long end = start < endBytes ? file.nextHole(start, endBytes) : endBytes;
    return CompletableFuture.completedFuture(new Extent(start, end));
  }

  @Override
  public boolean mayExceedSize() {
    return true;
  }

  @Override
  public Future<Void> write(ByteBuffer from, long positionBytes) throws IOException {
    file.write(from, positionBytes);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void finish(long sizeBytes) throws IOException {
    file.setSize(sizeBytes);
  }

  @Override
  public void close() {
    file.close();
  }
}
