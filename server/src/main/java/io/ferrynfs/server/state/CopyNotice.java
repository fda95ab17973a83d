package io.ferrynfs.server.state;

import io.ferrynfs.server.access.Principal;
import io.ferrynfs.wire.nfs4.Netloc4;

/**
 * Who had COPY_NOTIFY allow whom to read. With the file, this is the combination that RFC 7862
 * section 15.3.3 tells notices by.
 *
 * @param principal the user, before any squashing
 * @param destination the server that is to read, as the client named it
 */
public record CopyNotice(Principal principal, Netloc4 destination) {

  boolean isSame(CopyNotice other) {
    return principal.sameUser(other.principal) && destination.equals(other.destination);
  }
}
