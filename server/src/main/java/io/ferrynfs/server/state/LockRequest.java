package io.ferrynfs.server.state;

import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What LOCK asks of the table.
 *
 * @param clientid the client of the session
 * @param file which file
 * @param locker on what the lock is to stand
 * @param range the bytes
 * @param exclusive WRITE_LT, not READ_LT
 * @param waits the client polls until it has the lock (the types with a W)
 * @param notice tells the client that its lock-owner, which it is given, may have the lock now;
 *     called under no lock. Null when the client cannot be told, or does not wait
 */
public record LockRequest(
    long clientid,
    FileKey file,
    Locker locker,
    ByteRange range,
    boolean exclusive,
    boolean waits,
    @Nullable Consumer<Opaque> notice) {

  /** On what a lock stands. */
  public sealed interface Locker {
    /** The stateid that was shown. */
    Stateid4 stateid();
  }

  /** An open and a lock-owner; they may have a lock stateid already. */
  public record ByOpen(Stateid4 stateid, Opaque owner) implements Locker {}

  /** A lock stateid. */
  public record ByLock(Stateid4 stateid) implements Locker {}
}
