package io.ferrynfs.server.state;

import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.wire.xdr.Opaque;
import org.jspecify.annotations.Nullable;

/**
 * What OPEN asks of the state table once the volume opened the file.
 *
 * @param clientid the client of the session
 * @param owner the open-owner within that client
 * @param uid the user who opens, as the export takes him
 * @param file which file
 * @param access OPEN4_SHARE_ACCESS_READ, _WRITE or both
 * @param deny OPEN4_SHARE_DENY_NONE, _READ, _WRITE or _BOTH
 * @param opened the file, opened for at least {@code access}; belongs to the table from here on,
 *     also when the request is refused
 * @param opener in whose name it writes; null where nobody else is to write by it
 * @param offer that a delegation may come with it, or null
 */
public record OpenRequest(
    long clientid,
    Opaque owner,
    long uid,
    FileKey file,
    int access,
    int deny,
    OpenFile opened,
    @Nullable Caller opener,
    @Nullable DelegationOffer offer) {

  /** Whether read delegations of other clients stand in its way (RFC 8881 section 10.4). */
  boolean breaksDelegations() {
    return (access & ShareBits.WRITE) != 0 || (deny & ShareBits.READ) != 0;
  }
}
