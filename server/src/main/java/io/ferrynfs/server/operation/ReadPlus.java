package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.operation.support.DataRuns;
import io.ferrynfs.server.operation.support.Extents;
import io.ferrynfs.server.operation.support.Extents.Extent;
import io.ferrynfs.server.operation.support.FailedReads;
import io.ferrynfs.server.operation.support.FileRegion;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Data4;
import io.ferrynfs.wire.nfs4.DataInfo4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReadPlus4Args;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import io.ferrynfs.wire.nfs4.ReadPlusRes4;
import io.ferrynfs.wire.xdr.BufferPayload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The READ_PLUS operation (RFC 7862 section 15.10), which returns holes instead of their zeros.
 * Otherwise it is like READ.
 *
 * <p>The holes are those of the file system. The server does not search data for zeros because it
 * could then not send it directly from the file. It does not search for holes if the space of a
 * file is at least its size.
 */
final class ReadPlus implements NfsOperation<ReadPlus4Args, ReadPlus4Res> {
  /** Operation number, status, eof and number of segments. */
  private static final int OVERHEAD_BYTES = 4 * 4;

  /** Type, offset and length of a data segment, and the padding after the data. */
  private static final int DATA_OVERHEAD_BYTES = 4 + 8 + 4 + 3;

  /** Type, offset and length of a hole. */
  private static final int HOLE_BYTES = 4 + 8 + 8;

  private final DataRuns runs = new DataRuns();
  private final FailedReads failed;

  ReadPlus(FailedReads failed) {
    this.failed = failed;
  }

  @Override
  public ReadPlus4Res execute(ReadPlus4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileUse use = FileUses.forRead(c, args.stateid());
    Runnable close = c.whenSent(use::close);
    boolean kept = false;
    try {
      Attributes now = use.file().attributes();
      // An offset of 2^63 or more is beyond the end of any file.
      if (args.offset() < 0 || args.offset() >= now.size()) {
        return result(true, List.of());
      }
      List<Extent> fit = fitting(extents(args, use.file(), now, c), c.replyRoom());
      Contents contents = new Contents(use.file(), close, c.current().key(), failed);
      for (Extent extent : fit) {
        contents.add(extent);
      }
      ReadPlus4Res result = result(contents.reachesEnd(args, now.size()), contents.segments);
      kept = contents.isSentFromFile();
      return result;
    } finally {
      if (!kept) {
        close.run();
      }
    }
  }

  private static ReadPlus4Res result(boolean eof, List<ReadPlusContent> segments) {
    return new ReadPlus4Res.Ok(new ReadPlusRes4(eof, segments));
  }

  private List<Extent> extents(ReadPlus4Args args, OpenFile file, Attributes now, CompoundContext c)
      throws NfsStatusException, StorageException {
    long wanted = Math.min(args.count(), c.services().limits().ioBytesMax());
    long length = Math.min(wanted, now.size() - args.offset());
    if (length == 0) {
      return List.of();
    }
    if (now.spaceUsed() >= now.size()) {
      return List.of(new Extent(args.offset(), length, false));
    }
    FileKey key = c.current().key();
    return Extents.of(
        file,
        offset -> runs.nextHole(key, now.change(), file, offset),
        args.offset(),
        args.offset() + length);
  }

  /**
   * Returns the extents that fit. The last one may be shortened.
   *
   * @throws NfsStatusException NFS4ERR_REP_TOO_BIG if none fits, because the client would retry
   *     endlessly after an empty reply
   */
  private static List<Extent> fitting(List<Extent> extents, int room) throws NfsStatusException {
    List<Extent> fit = new ArrayList<>();
    long left = room - (long) OVERHEAD_BYTES;
    for (Extent extent : extents) {
      if (extent.hole()) {
        left -= HOLE_BYTES;
        if (left < 0) {
          break;
        }
        fit.add(extent);
      } else {
        long length = Math.min(extent.length(), left - DATA_OVERHEAD_BYTES);
        if (length > 0) {
          fit.add(new Extent(extent.offset(), length, false));
        }
        if (length < extent.length()) {
          break;
        }
        left -= DATA_OVERHEAD_BYTES + length;
      }
    }
    if (fit.isEmpty() && !extents.isEmpty()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_REP_TOO_BIG);
    }
    return fit;
  }

  @Override
  public Cost cost(ReadPlus4Args args) {
    return Cost.BULK;
  }

  /** Returns the overhead only, because READ_PLUS shortens its data to the client's limit. */
  @Override
  public int replyBytesMax(ReadPlus4Args args) {
    return OVERHEAD_BYTES;
  }

  /** The segments of one reply. The file stays open until the last one has been sent. */
  private static final class Contents {
    private final OpenFile file;
    private final Runnable close;
    private final FileKey key;
    private final FailedReads failed;
    private final AtomicInteger unsent = new AtomicInteger();
    private final List<ReadPlusContent> segments = new ArrayList<>();
    private long end;
    private boolean isTruncated;

    Contents(OpenFile file, Runnable close, FileKey key, FailedReads failed) {
      this.file = file;
      this.close = close;
      this.key = key;
      this.failed = failed;
    }

    void add(Extent extent) throws StorageException {
      if (isTruncated) {
        return;
      }
      long length = extent.length();
      if (extent.hole()) {
        segments.add(new ReadPlusContent.Hole(new DataInfo4(extent.offset(), length)));
      } else if (failed.maySend(key, length)) {
        unsent.incrementAndGet();
        segments.add(
            new ReadPlusContent.Data(
                new Data4(
                    extent.offset(),
                    FileRegion.sent(
                        file, extent.offset(), (int) length, () -> failed.add(key), this::sent))));
      } else {
        length = copy(extent);
        isTruncated = length < extent.length();
      }
      end = extent.offset() + length;
    }

    /** A file that was truncated since ends here. */
    private int copy(Extent extent) throws StorageException {
      ByteBuffer data = ByteBuffer.allocate((int) extent.length());
      int length = file.read(data, extent.offset());
      if (length > 0) {
        segments.add(
            new ReadPlusContent.Data(new Data4(extent.offset(), new BufferPayload(data.flip()))));
      }
      return length;
    }

    private void sent() {
      if (unsent.decrementAndGet() == 0) {
        close.run();
      }
    }

    boolean isSentFromFile() {
      return unsent.get() > 0;
    }

    /** Returns whether the segments, within the requested range, reach the end of the file. */
    boolean reachesEnd(ReadPlus4Args args, long size) {
      return isTruncated
          || (!segments.isEmpty() && Math.min(end, args.offset() + args.count()) >= size);
    }
  }
}
