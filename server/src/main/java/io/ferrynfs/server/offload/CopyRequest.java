package io.ferrynfs.server.offload;

import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.session.Client;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.wire.nfs4.ReferringCallList4;
import io.ferrynfs.wire.nfs4.Verifier4;

/**
 * A COPY to be made in turn with those of others. It holds nothing of the request's buffer.
 *
 * @param client who asked, and is told
 * @param who the client for people to read
 * @param principal the user that asked, who alone may cancel
 * @param call the request's place in its session, for the callback to refer to (RFC 8881 section
 *     2.10.6.3)
 * @param source the file to read; belongs to the copy once it is accepted
 * @param target the file to write
 * @param to the same, open; belongs to the copy once it is accepted
 * @param range what to copy
 * @param verifier the write verifier from before the first byte
 */
public record CopyRequest(
    Client client,
    String who,
    Principal principal,
    ReferringCallList4 call,
    CopyInput source,
    FileRef target,
    FileUse to,
    CopyRange range,
    Verifier4 verifier) {}
