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

/** Copies the data of one file by the best method for its two places. */
final class FileCopy {
  private static final int WINDOW = 8;
  private static final int STREAM_MODE = 0644;

  /** A server that restarts may lose uncommitted data, which is then sent again. */
  private static final int ATTEMPTS_MAX = 3;

  private final CopySettings settings;
  private final RunningCopies running;

  FileCopy(CopySettings settings, RunningCopies running) {
    this.settings = settings;
    this.running = running;
  }

  /** A copy by the client library, usually offloaded to a server. */
  private record ByServer(CopyHandle handle, boolean betweenServers) implements RunningCopy {
    @Override
    public @Nullable TransferMethod method() {
      CopyResult.How how = handle.how();
      return how == null ? null : TransferMethod.of(how, betweenServers);
    }

    @Override
    public void stop() {
      handle.cancel();
    }
  }

  /** A copy whose blocks pass through this process. */
  private static final class Streaming implements RunningCopy {
    private volatile boolean stopped;

    @Override
    public TransferMethod method() {
      return TransferMethod.STREAMED;
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
   * Copies the data of one file.
   *
   * @param existing the existing file that is overwritten, or null
   */
  CopiedFile copy(
      Place source, FileInfo info, Place target, @Nullable FileInfo existing, LongConsumer progress)
      throws IOException {
    if (source instanceof RemotePlace from && target instanceof RemotePlace to) {
      return betweenServers(from, info, to, progress);
    }
    if (settings.requireOffload() || settings.requireClone()) {
      throw new IOException("one side is local, so no server can copy it");
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return streamed(source, info, target, existing, progress);
      } catch (NfsException e) {
        if (!e.is(NfsException.Reason.DATA_LOST) || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private CopiedFile betweenServers(
      RemotePlace from, FileInfo info, RemotePlace to, LongConsumer progress) throws IOException {
    NfsCopyOptions options =
        NfsCopyOptions.builder()
            .mode(firstMode(info))
            .requireOffload(settings.requireOffload())
            .requireClone(settings.requireClone())
            .forceStream(settings.forceStream())
            .progress(progress)
            .progressEvery(settings.progressEvery())
            .attributes(
                settings.preserve()
                    ? RemotePlace.modeAndTimes(info.withMode(info.mode() & ~FileInfo.SET_IDS))
                    : NfsAttributeChanges.none())
            .build();
    CopyHandle handle = from.client().startCopy(from.path(), to.client(), to.path(), options);
    ByServer file = new ByServer(handle, !from.sameTree(to));
    running.add(file);
    try {
      CopyResult result = FutureResult.get(handle.completion());
      return new CopiedFile(
          result.bytes(),
          TransferMethod.of(result.how(), result.serverToServer()),
          result.reason(),
          result.bytesThroughClient(),
          result.sourceChanged(),
          RemotePlace.infoOf(handle.destination()),
          handle.destination() != null && settings.preserve());
    } finally {
      running.remove(file);
    }
  }

  private CopiedFile streamed(
      Place source, FileInfo info, Place target, @Nullable FileInfo existing, LongConsumer progress)
      throws IOException {
    Streaming file = new Streaming();
    running.add(file);
    LongConsumer checked =
        bytes -> {
          progress.accept(bytes);
          file.check();
        };
    try (BlockSource from = source(source, info);
        BlockSink to = sink(target, existing, info)) {
      FileInfo made = to instanceof LocalBlocks local ? local.info() : null;
      boolean inOrder = to instanceof LocalBlocks local && !local.hasPositions();
      BlockCopy copy = new BlockCopy(WINDOW);
      BlockSink named = new NamedSink(to, target);
      long bytes =
          inOrder
              ? copy.copyInOrder(from, named, info.sizeBytes(), checked)
              : copy.copy(from, named, info.sizeBytes(), checked);
      boolean changed = info.isRegular() && hasChanged(source, info, bytes);
      return new CopiedFile(
          bytes,
          TransferMethod.STREAMED,
          "one side is local",
          copy.readBytes(),
          changed,
          made,
          false);
    } finally {
      running.remove(file);
    }
  }

  /**
   * Returns the mode of a file while it is written: its owner may write, and set-uid, set-gid and
   * sticky bits are not set.
   */
  private static int firstMode(FileInfo info) {
    // The mode of a pipe or device does not apply to its content.
    return info.isRegular() ? (info.mode() & 0777) | 0200 : STREAM_MODE;
  }

  /**
   * Returns whether the source changed, as far as its size and time show. A source that was removed
   * did not change.
   */
  private static boolean hasChanged(Place source, FileInfo before, long copiedBytes)
      throws IOException {
    FileInfo now = source.infoIfPresent();
    // Files of /proc report size 0 and files of /sys report 4096, independent of their content.
    boolean isSizeUnreliable =
        before.sizeBytes() == 0 || (source instanceof LocalPlace && before.usedBytes() == 0);
    boolean differs = !isSizeUnreliable && copiedBytes != before.sizeBytes();
    return now != null
        && (differs
            || now.sizeBytes() != before.sizeBytes()
            || !now.modifyTime().equals(before.modifyTime()));
  }

  private static BlockSource source(Place place, FileInfo info) throws IOException {
    return switch (place) {
      case LocalPlace local -> LocalBlocks.reading(local, info);
      case RemotePlace remote -> RemoteBlocks.reading(remote, info);
    };
  }

  private BlockSink sink(Place place, @Nullable FileInfo existing, FileInfo info)
      throws IOException {
    int mode = firstMode(info);
    return switch (place) {
      // Only the owner of this process may read the file until it has its final owner and mode.
      case LocalPlace local ->
          LocalBlocks.replacing(
              local, existing, settings.preserve() && info.isRegular() ? mode & 0700 : mode);
      case RemotePlace remote -> RemoteBlocks.replacing(remote, mode);
    };
  }
}
