package io.ferrynfs.server.state;

import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.wire.xdr.Opaque;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an OPEN after the volume has opened the file.
 *
 * @param clientid the client of the session
 * @param owner the open-owner within that client
 * @param uid the user who opens the file, after squashing
 * @param file the file
 * @param access OPEN4_SHARE_ACCESS_READ, _WRITE or both
 * @param deny OPEN4_SHARE_DENY_NONE, _READ, _WRITE or _BOTH
 * @param opened the file, opened for at least {@code access}; the table owns it, even if the
 *     request fails
 * @param opener the user that the file was opened for; null if a file for writing must not be
 *     shared
 * @param offer the terms of a delegation; null if none may be granted
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

  /**
   * Returns whether it conflicts with read delegations of other clients (RFC 8881 section 10.4).
   */
  boolean breaksDelegations() {
    return (access & ShareBits.WRITE) != 0 || (deny & ShareBits.READ) != 0;
  }
}
