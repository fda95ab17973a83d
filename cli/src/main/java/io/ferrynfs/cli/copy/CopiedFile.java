package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.place.FileInfo;
import org.jspecify.annotations.Nullable;

/**
 * The result of copying one file.
 *
 * @param bytes the bytes of the destination that equal the source, holes included
 * @param method how they were transferred
 * @param reason why this method was used, for people
 * @param bytesThroughClient the bytes that passed through this process
 * @param sourceChanged whether the source is known to have changed during the copy
 * @param destination the attributes of the destination if known: after the copy if {@code
 *     hasAttributes}, else at its open
 * @param hasAttributes whether mode and times were set with the data
 */
public record CopiedFile(
    long bytes,
    TransferMethod method,
    String reason,
    long bytesThroughClient,
    boolean sourceChanged,
    @Nullable FileInfo destination,
    boolean hasAttributes) {}
