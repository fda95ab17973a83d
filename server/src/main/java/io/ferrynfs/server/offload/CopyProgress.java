package io.ferrynfs.server.offload;

import io.ferrynfs.wire.nfs4.Nfsstat4;
import org.jspecify.annotations.Nullable;

/**
 * What OFFLOAD_STATUS tells of a copy (RFC 7862 section 15.9.2).
 *
 * @param bytes copied so far
 * @param complete how it ended; null while it runs
 */
public record CopyProgress(long bytes, @Nullable Nfsstat4 complete) {}
