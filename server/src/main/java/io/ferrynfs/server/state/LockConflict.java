package io.ferrynfs.server.state;

import io.ferrynfs.wire.xdr.Opaque;

/**
 * The lock that is in the way of another, or the one that waits for its turn before it.
 *
 * @param clientid whose it is
 * @param owner the lock-owner within that client
 * @param range the bytes
 * @param exclusive WRITE_LT, not READ_LT
 */
public record LockConflict(long clientid, Opaque owner, ByteRange range, boolean exclusive) {}
