package io.ferrynfs.server.operation;

import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.xdr.BufferPayload;
import java.nio.ByteBuffer;

/**
 * RFC 8881 section 18.22: READ.
 *
 * <p>The length is settled before the reply's header is written; the transport then sends the bytes
 * from the file (sendfile), and the file stays open until it has. Small reads are copied, which
 * costs less than a sendfile of their own.
 */
final class Read implements NfsOperation<Read4Args, Read4Res> {
  /** Operation number, status, eof and length, and the padding after the data. */
  private static final int OVERHEAD_BYTES = 4 * 4 + 3;

  private final FailedReads failed;

  Read(FailedReads failed) {
    this.failed = failed;
  }

  @Override
  public Read4Res execute(Read4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileUse use = FileUses.forRead(c, args.stateid());
    Runnable close = c.whenSent(use::close);
    boolean kept = false;
    try {
      long size = use.file().size();
      int length = length(args, size, c);
      if (length == 0 && args.count() > 0 && args.offset() >= 0 && args.offset() < size) {
        // No data and no end of file would send the client round in circles.
        throw new NfsStatusException(Nfsstat4.NFS4ERR_REP_TOO_BIG);
      }
      FileKey key = c.current().key();
      if (failed.maySend(key, length)) {
        boolean eof = args.offset() + length >= size;
        kept = true;
        return new Read4Res.Ok(
            new Read4Resok(
                eof,
                FileRegion.sent(use.file(), args.offset(), length, () -> failed.add(key), close)));
      }
      return copied(use.file(), args.offset(), length);
    } finally {
      if (!kept) {
        close.run();
      }
    }
  }

  /** As many bytes as are asked, are there, and fit. An offset of 2^63 or more is past any end. */
  private static int length(Read4Args args, long size, CompoundContext c) {
    if (args.offset() < 0 || args.offset() >= size) {
      return 0;
    }
    long room = Math.max(0, c.replyRoom() - OVERHEAD_BYTES);
    long wanted = Math.min(args.count(), c.services().limits().ioBytesMax());
    return (int) Math.min(Math.min(wanted, room), size - args.offset());
  }

  private static Read4Res copied(OpenFile file, long offset, int length) throws StorageException {
    ByteBuffer data = ByteBuffer.allocate(length);
    if (length > 0) {
      file.read(data, offset);
    }
    data.flip();
    // The size is asked again: data that came short did so because the file ends there now.
    boolean eof = offset < 0 || offset + data.remaining() >= file.size();
    return new Read4Res.Ok(new Read4Resok(eof, new BufferPayload(data)));
  }

  @Override
  public Cost cost(Read4Args args) {
    return Cost.BULK;
  }

  /** What the client allows for is what READ cuts its data to, so less is never refused. */
  @Override
  public int replyBytesMax(Read4Args args) {
    return OVERHEAD_BYTES;
  }
}
