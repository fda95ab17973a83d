package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.RemotePlace;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** The blocks of a file on a server. */
final class RemoteBlocks implements BlockSource, BlockSink {
  private final NfsFile file;
  private volatile boolean seeks;

  private RemoteBlocks(NfsFile file, boolean seeks) {
    this.file = file;
    this.seeks = seeks;
  }

  /**
   * Opens a file for reading.
   *
   * @param info its attributes; a file whose allocated space is at least its size has no holes
   */
  static RemoteBlocks reading(RemotePlace place, FileInfo info) throws IOException {
    return new RemoteBlocks(
        place.client().open(place.path(), NfsOpenOptions.forReading()),
        info.usedBytes() < info.sizeBytes());
  }

  static RemoteBlocks replacing(RemotePlace place, int mode) throws IOException {
    return new RemoteBlocks(
        place.client().open(place.path(), NfsOpenOptions.forReplacing(mode)), false);
  }

  @Override
  public Future<Integer> read(ByteBuffer into, long positionBytes) {
    return file.readAsync(into, positionBytes);
  }

  @Override
  public Future<Extent> nextData(long positionBytes, long endBytes) {
    Extent all = new Extent(positionBytes, endBytes);
    if (!seeks || positionBytes >= endBytes) {
      return CompletableFuture.completedFuture(all);
    }
    return file.seekDataAsync(positionBytes)
        .thenCompose(data ->
            data < 0 || data >= endBytes
                ? CompletableFuture.completedFuture(new Extent(endBytes, endBytes))
                : file.seekHoleAsync(data).thenApply(hole -> until(data, hole, endBytes)))
        .exceptionally(failure -> {
          // Without SEEK, the server sends zeros for holes.
          seeks = false;
          return all;
        });
  }

  private static Extent until(long data, long hole, long endBytes) {
    return new Extent(data, hole <= data ? endBytes : Math.min(hole, endBytes));
  }

  @Override
  public Future<Void> write(ByteBuffer from, long positionBytes) {
    return file.writeAsync(from, positionBytes);
  }

  @Override
  public void finish(long sizeBytes) throws IOException {
    if (file.size() != sizeBytes) {
      file.truncate(sizeBytes);
    }
    file.sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
