package io.ferrynfs.server.operation;

import static io.ferrynfs.wire.nfs4.IoAdviseType4.IO_ADVISE4_NORMAL;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Advice;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.IoAdvise4Args;
import io.ferrynfs.wire.nfs4.IoAdvise4Res;
import io.ferrynfs.wire.nfs4.IoAdvise4Resok;
import io.ferrynfs.wire.nfs4.IoAdviseType4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Bitmap4;
import org.jspecify.annotations.Nullable;

/**
 * The IO_ADVISE operation (RFC 7862 section 15.5).
 *
 * <p>Hints that contradict each other are ignored. The reply has the hints that the file system
 * received, or NORMAL if it received none.
 */
final class IoAdvise implements NfsOperation<IoAdvise4Args, IoAdvise4Res> {
  private static final Bitmap4 NOTHING = Bitmap4.of(IO_ADVISE4_NORMAL.value());

  private static final Bitmap4 ORDERS =
      Bitmap4.of(
          IoAdviseType4.IO_ADVISE4_SEQUENTIAL.value(),
          IoAdviseType4.IO_ADVISE4_RANDOM.value(),
          IoAdviseType4.IO_ADVISE4_NOREUSE.value());

  private static final Bitmap4 NEEDS =
      Bitmap4.of(
          IoAdviseType4.IO_ADVISE4_WILLNEED.value(), IoAdviseType4.IO_ADVISE4_DONTNEED.value());

  @Override
  public IoAdvise4Res execute(IoAdvise4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    try (FileUse use = FileUses.forAdvice(c, args.stateid())) {
      if (Long.compareUnsigned(args.offset() + args.count(), args.offset()) < 0) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
      }
      Bitmap4 told = follow(use.file(), args, order(args.hints()));
      told = told.or(follow(use.file(), args, need(args.hints())));
      return new IoAdvise4Res.Ok(new IoAdvise4Resok(told.isEmpty() ? NOTHING : told));
    }
  }

  /**
   * Returns the hint about the order or the number of accesses; NORMAL if hints contradict each
   * other.
   */
  private static @Nullable IoAdviseType4 order(Bitmap4 hints) {
    Bitmap4 orders = hints.and(ORDERS);
    if (orders.size() > 1 || (orders.isEmpty() && hints.has(IO_ADVISE4_NORMAL.value()))) {
      return IO_ADVISE4_NORMAL;
    }
    return IoAdviseType4.find(orders.next(0));
  }

  /** Returns the hint about the time of the next access, or null if hints contradict each other. */
  private static @Nullable IoAdviseType4 need(Bitmap4 hints) {
    Bitmap4 needs = hints.and(NEEDS);
    return needs.size() == 1 ? IoAdviseType4.find(needs.next(0)) : null;
  }

  private static Bitmap4 follow(OpenFile file, IoAdvise4Args args, @Nullable IoAdviseType4 hint)
      throws StorageException {
    // No file extends to 2^63.
    if (hint == null || args.offset() < 0) {
      return Bitmap4.EMPTY;
    }
    Advice advice =
        switch (hint) {
          case IO_ADVISE4_SEQUENTIAL -> Advice.SEQUENTIAL;
          case IO_ADVISE4_RANDOM -> Advice.RANDOM;
          case IO_ADVISE4_NOREUSE -> Advice.NO_REUSE;
          case IO_ADVISE4_WILLNEED -> Advice.WILL_NEED;
          case IO_ADVISE4_DONTNEED -> Advice.DONT_NEED;
          default -> Advice.NORMAL;
        };
    long count = args.count() < 0 ? 0 : args.count();
    boolean followed = file.advise(args.offset(), count, advice);
    return followed ? Bitmap4.of(hint.value()) : Bitmap4.EMPTY;
  }

  /** Returns BULK because advice may read from the disk or free memory. */
  @Override
  public Cost cost(IoAdvise4Args args) {
    return Cost.BULK;
  }
}
