package ferry.cli.copy;

import ferry.cli.place.RemotePlace;
import ferry.client.NfsException;
import ferry.client.NfsFile;
import ferry.client.NfsOpenOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;

/** Blocks of a file on a server. */
final class RemoteBlocks implements BlockSource, BlockSink {
  private final NfsFile file;
  private boolean seeks = true;

  private RemoteBlocks(NfsFile file) {
    this.file = file;
  }

  static RemoteBlocks reading(RemotePlace place) throws IOException {
    return new RemoteBlocks(place.client().open(place.path(), NfsOpenOptions.forReading()));
  }

  static RemoteBlocks replacing(RemotePlace place, int mode) throws IOException {
    return new RemoteBlocks(place.client().open(place.path(), NfsOpenOptions.forReplacing(mode)));
  }

  @Override
  public Future<Integer> read(ByteBuffer into, long positionBytes) {
    return file.readAsync(into, positionBytes);
  }

  @Override
  public long nextData(long positionBytes, long endBytes) throws IOException {
    if (!seeks) {
      return positionBytes;
    }
    try {
      long data = Waiting.on(file.seekDataAsync(positionBytes));
      return data < 0 ? endBytes : data;
    } catch (NfsException e) {
      // A server without SEEK sends the zeros of a hole instead.
      seeks = false;
      return positionBytes;
    }
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
