package ferry.cli.copy;

import ferry.cli.place.LocalFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** Blocks of a file of this machine. */
final class LocalBlocks implements BlockSource, BlockSink {
  private final FileChannel file;

  private LocalBlocks(FileChannel file) {
    this.file = file;
  }

  static LocalBlocks reading(Path path) throws IOException {
    return new LocalBlocks(FileChannel.open(path, StandardOpenOption.READ));
  }

  static LocalBlocks replacing(Path path) throws IOException {
    return new LocalBlocks(
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE));
  }

  @Override
  public Future<Integer> read(ByteBuffer into, long positionBytes) throws IOException {
    return CompletableFuture.completedFuture(file.read(into, positionBytes));
  }

  /** Where data is, only the file system knows; the blocks of a hole are read and found empty. */
  @Override
  public long nextData(long positionBytes, long endBytes) {
    return positionBytes;
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
    file.close();
  }
}
