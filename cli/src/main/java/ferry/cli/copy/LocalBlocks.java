package ferry.cli.copy;

import ferry.cli.place.LocalFiles;
import ferry.storage.linux.SparseFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Blocks of a file of this machine. */
final class LocalBlocks implements BlockSource, BlockSink {
  private final FileChannel file;
  private final @Nullable SparseFile holes;

  private LocalBlocks(FileChannel file, @Nullable SparseFile holes) {
    this.file = file;
    this.holes = holes;
  }

  static LocalBlocks reading(Path path) throws IOException {
    SparseFile holes;
    try {
      holes = SparseFile.open(path);
    } catch (IOException unknown) {
      // By its path it says better what is wrong, or is read without being asked for its holes.
      return new LocalBlocks(FileChannel.open(path, StandardOpenOption.READ), null);
    }
    return new LocalBlocks(holes.channel(), holes);
  }

  static LocalBlocks replacing(Path path) throws IOException {
    return new LocalBlocks(
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE),
        null);
  }

  @Override
  public Future<Integer> read(ByteBuffer into, long positionBytes) throws IOException {
    return CompletableFuture.completedFuture(file.read(into, positionBytes));
  }

  @Override
  public Future<Extent> nextData(long positionBytes, long endBytes) {
    SparseFile known = holes;
    if (known == null) {
      return CompletableFuture.completedFuture(new Extent(positionBytes, endBytes));
    }
    long start = known.nextData(positionBytes, endBytes);
    long end = start < endBytes ? known.nextHole(start, endBytes) : endBytes;
    return CompletableFuture.completedFuture(new Extent(start, end));
  }

  @Override
  public Future<Void> write(ByteBuffer from, long positionBytes) throws IOException {
    long position = positionBytes;
    while (from.hasRemaining()) {
      position += file.write(from, position);
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void finish(long sizeBytes) throws IOException {
    LocalFiles.setSize(file, sizeBytes);
  }

  @Override
  public void close() throws IOException {
    if (holes != null) {
      holes.close();
    } else {
      file.close();
    }
  }
}
