package io.ferrynfs.cli.copy;

import java.time.Duration;

/**
 * How {@code cp} copies.
 *
 * @param recursive directories with all that is in them
 * @param preserve modes, times, extended attributes and, where allowed, owners
 * @param requireOffload fail rather than pass the bytes through this client
 * @param requireClone fail rather than copy bytes: files are to share their blocks
 * @param forceStream pass the bytes through this client even where a server could copy
 * @param jobs files copied at once
 * @param progressEvery how often a server that copies in the background is asked how far it is;
 *     zero for as often as is needed to know that it does
 */
public record CopySettings(
    boolean recursive,
    boolean preserve,
    boolean requireOffload,
    boolean requireClone,
    boolean forceStream,
    int jobs,
    Duration progressEvery) {}
