package io.ferrynfs.server.state;

import io.ferrynfs.server.access.Principal;
import io.ferrynfs.wire.nfs4.Netloc4;

/**
 * The user and the destination server of a COPY_NOTIFY. Together with the file they identify a
 * notice (RFC 7862 section 15.3.3).
 *
 * @param principal the user before squashing
 * @param destination the server that reads, as the client named it
 */
public record CopyNotice(Principal principal, Netloc4 destination) {

  boolean isSame(CopyNotice other) {
    return principal.sameUser(other.principal) && destination.equals(other.destination);
  }
}
