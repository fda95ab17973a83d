package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.LocalPlace;
import io.ferrynfs.storage.linux.LocalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Blocks of a file of this machine. */
final class LocalBlocks implements BlockSource, BlockSink {
  private final LocalFile file;

  private LocalBlocks(LocalFile file) {
    this.file = file;
  }

  /**
   * To read from.
   *
   * @param info what is known of it: where it is no regular file, it is read as a stream
   */
  static LocalBlocks reading(LocalPlace place, FileInfo info) throws IOException {
    return new LocalBlocks(place.open(info.isRegular()));
  }

  /**
   * Opens a file to overwrite.
   *
   * @param there what has the name; null where nothing had it, and nothing may have it by now
   */
  static LocalBlocks replacing(LocalPlace place, @Nullable FileInfo there, int mode)
      throws IOException {
    return new LocalBlocks(there == null ? place.create(mode) : place.replace(there));
  }

  /** The file that is open. */
  FileInfo info() {
    return LocalPlace.info(file.stat());
  }

  /** Whether blocks may be written at any position; else only one after the other. */
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
  public boolean mayGoOn() {
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
