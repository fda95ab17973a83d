package io.ferrynfs.server.offload;

import io.ferrynfs.wire.nfs4.Nfsstat4;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a copy in OFFLOAD_STATUS (RFC 7862 section 15.9.2).
 *
 * @param bytes the number of bytes copied so far
 * @param complete the status of a copy that has ended; null while it runs
 */
public record CopyProgress(long bytes, @Nullable Nfsstat4 complete) {}
