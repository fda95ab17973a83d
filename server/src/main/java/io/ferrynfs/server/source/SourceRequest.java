package io.ferrynfs.server.source;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.List;

/**
 * A file of another server that is to be found for a COPY.
 *
 * @param clientid who asks
 * @param who the same for people, for the log
 * @param locations where it may be
 * @param handle the filehandle there
 * @param stateid what COPY_NOTIFY gave out there
 * @param reader whom the source is to believe that reads
 * @param offset of the first byte that is wanted
 * @param aheadBytes how many bytes from there may come with the answer, where that spares a round
 *     trip; 0 for none
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
