package io.ferrynfs.server.state;

import io.ferrynfs.wire.xdr.Opaque;

/**
 * A conflicting lock, or the reservation of a lock request that waits.
 *
 * @param clientid the client that holds it
 * @param owner the lock-owner within that client
 * @param range the bytes
 * @param exclusive WRITE_LT, not READ_LT
 */
public record LockConflict(long clientid, Opaque owner, ByteRange range, boolean exclusive) {}
