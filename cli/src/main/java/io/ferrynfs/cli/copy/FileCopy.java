package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.LocalPlace;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.RemotePlace;
import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsAttributeChanges;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Copies the bytes of one regular file by the best way there is between its two places. */
final class FileCopy {
  private static final int WINDOW = 8;
  private static final int STREAM_MODE = 0644;

  /** A server that restarts while data is on its way may lose it; then it is sent again. */
  private static final int ATTEMPTS_MAX = 3;

  private final CopySettings settings;
  private final RunningCopies running;

  FileCopy(CopySettings settings, RunningCopies running) {
    this.settings = settings;
    this.running = running;
  }

  /** A copy that the client library makes, mostly by a server. */
  private record ByServer(CopyHandle handle, boolean betweenServers) implements Underway {
    @Override
    public @Nullable Way way() {
      CopyResult.How how = handle.how();
      return how == null ? null : Way.of(how, betweenServers);
    }

    @Override
    public void stop() {
      handle.cancel();
    }
  }

  /** A copy whose blocks pass through here. */
  private static final class Streaming implements Underway {
    private volatile boolean stopped;

    @Override
    public Way way() {
      return Way.STREAMED;
    }

    @Override
    public void stop() {
      stopped = true;
    }

    void check() {
      if (stopped) {
        throw new UncheckedIOException(new IOException("stopped"));
      }
    }
  }

  /**
   * Copies the bytes of one file.
   *
   * @param there the file that has the target's name and is overwritten; null where the name is
   *     free
   */
  Moved copy(
      Place source, FileInfo info, Place target, @Nullable FileInfo there, LongConsumer progress)
      throws IOException {
    if (source instanceof RemotePlace from && target instanceof RemotePlace to) {
      return betweenServers(from, info, to, progress);
    }
    if (settings.requireOffload() || settings.requireClone()) {
      throw new IOException("one side is local, so no server can copy it");
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return streamed(source, info, target, there, progress);
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
            .withMode(firstMode(info))
            .withRequireOffload(settings.requireOffload())
            .withRequireClone(settings.requireClone())
            .withForceStream(settings.forceStream())
            .withProgress(progress)
            .withProgressEvery(settings.progressEvery())
            .withAttributes(
                settings.preserve()
                    ? RemotePlace.modeAndTimes(info.withMode(info.mode() & ~FileInfo.SET_IDS))
                    : NfsAttributeChanges.none());
    CopyHandle handle = from.client().startCopy(from.path(), to.client(), to.path(), options);
    ByServer file = new ByServer(handle, !from.sameTree(to));
    running.add(file);
    try {
      CopyResult result = Waiting.on(handle.completion());
      return new Moved(
          result.bytes(),
          Way.of(result.how(), result.serverToServer()),
          result.reason(),
          result.bytesThroughClient(),
          result.sourceChanged(),
          RemotePlace.infoOf(handle.destination()),
          handle.destination() != null && settings.preserve());
    } finally {
      running.remove(file);
    }
  }

  private Moved streamed(
      Place source, FileInfo info, Place target, @Nullable FileInfo there, LongConsumer progress)
      throws IOException {
    Streaming file = new Streaming();
    running.add(file);
    LongConsumer checked =
        bytes -> {
          progress.accept(bytes);
          file.check();
        };
    try (BlockSource from = source(source, info);
        BlockSink to = sink(target, there, info)) {
      FileInfo made = to instanceof LocalBlocks local ? local.info() : null;
      boolean inOrder = to instanceof LocalBlocks local && !local.hasPositions();
      BlockCopy copy = new BlockCopy(WINDOW);
      BlockSink named = new NamedSink(to, target);
      long bytes =
          inOrder
              ? copy.copyInOrder(from, named, info.sizeBytes(), checked)
              : copy.copy(from, named, info.sizeBytes(), checked);
      boolean changed = info.isRegular() && hasChanged(source, info, bytes);
      return new Moved(
          bytes, Way.STREAMED, "one side is local", copy.readBytes(), changed, made, false);
    } finally {
      running.remove(file);
    }
  }

  /**
   * The permission bits that a file has while it is written: its owner may write, and nobody gets a
   * right that goes with the owner.
   */
  private static int firstMode(FileInfo info) {
    // A pipe's or device's own say nothing of what is read from it.
    return info.isRegular() ? (info.mode() & 0777) | 0200 : STREAM_MODE;
  }

  /** Size and time tell, as far as they do; a source that is gone now is the copy's original. */
  private static boolean hasChanged(Place source, FileInfo before, long copiedBytes)
      throws IOException {
    FileInfo now = source.infoIfPresent();
    // Files of /proc are of size 0 and those of /sys of 4096, whatever they hold.
    boolean isMadeUp =
        before.sizeBytes() == 0 || (source instanceof LocalPlace && before.usedBytes() == 0);
    boolean other = !isMadeUp && copiedBytes != before.sizeBytes();
    return now != null
        && (other
            || now.sizeBytes() != before.sizeBytes()
            || !now.modifyTime().equals(before.modifyTime()));
  }

  private static BlockSource source(Place place, FileInfo info) throws IOException {
    return switch (place) {
      case LocalPlace local -> LocalBlocks.reading(local, info);
      case RemotePlace remote -> RemoteBlocks.reading(remote, info);
    };
  }

  private BlockSink sink(Place place, @Nullable FileInfo there, FileInfo info) throws IOException {
    int mode = firstMode(info);
    return switch (place) {
      // Until it has its owner, the owner of this process alone may read what may be secret.
      case LocalPlace local ->
          LocalBlocks.replacing(
              local, there, settings.preserve() && info.isRegular() ? mode & 0700 : mode);
      case RemotePlace remote -> RemoteBlocks.replacing(remote, mode);
    };
  }
}
