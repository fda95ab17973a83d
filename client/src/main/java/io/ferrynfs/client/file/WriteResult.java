package io.ferrynfs.client.file;

import io.ferrynfs.wire.nfs4.Verifier4;

/**
 * The result of a WRITE.
 *
 * @param bytes the number of bytes written
 * @param stable whether they are durable without a COMMIT
 * @param verifier the write verifier
 */
public record WriteResult(int bytes, boolean stable, Verifier4 verifier) {}
