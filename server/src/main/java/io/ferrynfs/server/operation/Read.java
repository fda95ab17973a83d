package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.operation.support.FailedReads;
import io.ferrynfs.server.operation.support.FileRegion;
import io.ferrynfs.server.operation.support.FileUses;
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
 * The READ operation (RFC 8881 section 18.22).
 *
 * <p>The length is determined before the header of the reply is written. The transport then sends
 * the bytes from the file with sendfile(2), and the file stays open until they are sent. Small
 * READs are copied because that costs less than a separate sendfile(2).
 */
final class Read implements NfsOperation<Read4Args, Read4Res> {
  /** Operation number, status, eof, length, and the padding after the data. */
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
        // The client would retry endlessly after a reply without data and without eof.
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

  /**
   * Returns the number of bytes that are requested, that exist, and that fit. An offset of 2^63 or
   * more is beyond the end of any file.
   */
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
    // The size is read again because a short read means that the file ends there now.
    boolean eof = offset < 0 || offset + data.remaining() >= file.size();
    return new Read4Res.Ok(new Read4Resok(eof, new BufferPayload(data)));
  }

  @Override
  public Cost cost(Read4Args args) {
    return Cost.BULK;
  }

  /** Returns the overhead only, because READ shortens its data to the client's limit. */
  @Override
  public int replyBytesMax(Read4Args args) {
    return OVERHEAD_BYTES;
  }
}
