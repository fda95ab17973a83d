package ferry.cli.copy;

import ferry.cli.place.FileInfo;
import ferry.cli.place.LocalPlace;
import ferry.cli.place.Place;
import ferry.cli.place.RemotePlace;
import ferry.client.CopyHandle;
import ferry.client.CopyResult;
import ferry.client.NfsCopyOptions;
import ferry.client.NfsException;
import java.io.IOException;
import java.util.function.LongConsumer;

/** Copies the bytes of one regular file by the best way there is between its two places. */
final class FileCopy {
  private static final int WINDOW = 8;

  /** A server that restarts while data is on its way may lose it; then it is sent again. */
  private static final int ATTEMPTS_MAX = 3;

  private final CopySettings settings;

  FileCopy(CopySettings settings) {
    this.settings = settings;
  }

  Moved copy(Place source, FileInfo info, Place target, LongConsumer progress) throws IOException {
    if (source instanceof RemotePlace from && target instanceof RemotePlace to) {
      return betweenServers(from, info, to, progress);
    }
    if (settings.requireOffload()) {
      throw new IOException(source.shown() + ": one side is local, so no server can copy it");
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return streamed(source, info, target, progress);
      } catch (NfsException e) {
        if (!e.is(NfsException.Reason.DATA_LOST) || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private Moved betweenServers(
      RemotePlace from, FileInfo info, RemotePlace to, LongConsumer progress) throws IOException {
    NfsCopyOptions options =
        NfsCopyOptions.defaults()
            .withMode(info.mode() | 0200)
            .withRequireOffload(settings.requireOffload())
            .withForceStream(settings.forceStream())
            .withProgress(progress);
    CopyHandle handle = from.client().startCopy(from.path(), to.client(), to.path(), options);
    CopyResult result = Waiting.on(handle.completion());
    return new Moved(result.bytes(), Way.of(result.how()), result.reason());
  }

  private static Moved streamed(Place source, FileInfo info, Place target, LongConsumer progress)
      throws IOException {
    try (BlockSource from = source(source);
        BlockSink to = sink(target, info.mode() | 0200)) {
      long bytes = new BlockCopy(WINDOW).copy(from, to, info.sizeBytes(), progress);
      return new Moved(bytes, Way.STREAMED, "one side is local");
    }
  }

  private static BlockSource source(Place place) throws IOException {
    return switch (place) {
      case LocalPlace local -> LocalBlocks.reading(local.path());
      case RemotePlace remote -> RemoteBlocks.reading(remote);
    };
  }

  private static BlockSink sink(Place place, int mode) throws IOException {
    return switch (place) {
      case LocalPlace local -> LocalBlocks.replacing(local.path());
      case RemotePlace remote -> RemoteBlocks.replacing(remote, mode);
    };
  }
}
