package ferry.server.state;

import ferry.server.export.FileKey;
import ferry.storage.OpenFile;
import ferry.wire.xdr.Opaque;

/**
 * What OPEN asks of the state table once the volume opened the file.
 *
 * @param clientid the client of the session
 * @param owner the open-owner within that client
 * @param file which file
 * @param access OPEN4_SHARE_ACCESS_READ, _WRITE or both
 * @param deny OPEN4_SHARE_DENY_NONE, _READ, _WRITE or _BOTH
 * @param opened the file, opened for at least {@code access}; belongs to the table from here on,
 *     also when the request is refused
 */
public record OpenRequest(
    long clientid, Opaque owner, FileKey file, int access, int deny, OpenFile opened) {}
