package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.base.ErrorText;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.cli.place.LocalPlace;
import io.ferrynfs.cli.place.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;

/**
 * A local sink whose errors name the target and the bytes written, because a full disk is not an
 * error of the source. Errors of a server already name the file.
 */
final class NamedSink implements BlockSink {
  private final BlockSink sink;
  private final Place target;
  private long end;

  NamedSink(BlockSink sink, Place target) {
    this.sink = sink;
    this.target = target;
  }

  @Override
  public Future<Void> write(ByteBuffer from, long positionBytes) throws IOException {
    int bytes = from.remaining();
    try {
      Future<Void> written = sink.write(from, positionBytes);
      end = Math.max(end, positionBytes + bytes);
      return written;
    } catch (IOException e) {
      throw named(e);
    }
  }

  @Override
  public void finish(long sizeBytes) throws IOException {
    try {
      sink.finish(sizeBytes);
    } catch (IOException e) {
      throw named(e);
    }
  }

  private IOException named(IOException e) {
    if (!(target instanceof LocalPlace)) {
      return e;
    }
    return new IOException(
        "cannot write "
            + target.shown()
            + (end == 0 ? "" : " after " + Units.bytes(end) + ", which stay")
            + ": "
            + ErrorText.text(e),
        e);
  }

  @Override
  public void close() throws IOException {
    sink.close();
  }
}
