package io.ferrynfs.server.source;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.List;

/**
 * A search for the source file of a COPY.
 *
 * @param clientid the client
 * @param who the client as printable text, for the log
 * @param locations the locations of the source
 * @param handle the filehandle at the source
 * @param stateid the stateid of COPY_NOTIFY
 * @param reader the credential for READ at the source
 * @param offset the offset of the first wanted byte
 * @param aheadBytes the number of bytes from there that may be read together with the attributes to
 *     save a round trip; 0 for none
 */
public record SourceRequest(
    long clientid,
    String who,
    List<Netloc4> locations,
    NfsFh4 handle,
    Stateid4 stateid,
    Credential reader,
    long offset,
    int aheadBytes) {}
