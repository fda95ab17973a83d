package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.place.FileInfo;
import org.jspecify.annotations.Nullable;

/**
 * What became of one file.
 *
 * @param bytes the bytes of the destination that are now equal to the source, holes included
 * @param way how they moved
 * @param reason why this way, in words
 * @param bytesThroughClient the bytes that were read here to be written there
 * @param sourceChanged whether the source is known to have changed meanwhile
 * @param destination the file that was written, where it is known: as it is now if {@code
 *     hasAttributes}, else as it was when it was opened
 * @param hasAttributes whether mode and times have been set with the data
 */
public record Moved(
    long bytes,
    Way way,
    String reason,
    long bytesThroughClient,
    boolean sourceChanged,
    @Nullable FileInfo destination,
    boolean hasAttributes) {}
