package io.ferrynfs.server.state;

import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a LOCK.
 *
 * @param clientid the client of the session
 * @param file the file
 * @param locker the open or the lock stateid that the request names
 * @param range the bytes
 * @param exclusive WRITE_LT, not READ_LT
 * @param waits the client polls until it has the lock (the types with a W)
 * @param notice notifies the client that the given lock-owner may retry; called under no lock. Null
 *     if the client cannot be notified or does not wait
 */
public record LockRequest(
    long clientid,
    FileKey file,
    Locker locker,
    ByteRange range,
    boolean exclusive,
    boolean waits,
    @Nullable Consumer<Opaque> notice) {

  /** The state that a LOCK names. */
  public sealed interface Locker {
    /** Returns the stateid of the request. */
    Stateid4 stateid();
  }

  /** An open and a lock-owner, which may have a lock stateid already. */
  public record ByOpen(Stateid4 stateid, Opaque owner) implements Locker {}

  /** A lock stateid. */
  public record ByLock(Stateid4 stateid) implements Locker {}
}
