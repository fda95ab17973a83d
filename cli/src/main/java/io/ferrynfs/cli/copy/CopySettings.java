package io.ferrynfs.cli.copy;

import java.time.Duration;

/**
 * The options of a copy.
 *
 * @param recursive whether to copy directories and their content
 * @param preserve whether to set modes, times, extended attributes and, if allowed, owners
 * @param requireOffload whether to fail instead of passing bytes through this client
 * @param requireClone whether to fail instead of copying bytes: files must share their blocks
 * @param forceStream whether to pass the bytes through this client even if a server could copy
 * @param jobs the maximum number of files copied at once
 * @param progressEvery the interval of OFFLOAD_STATUS for the progress of an asynchronous copy;
 *     zero for the client's default
 */
public record CopySettings(
    boolean recursive,
    boolean preserve,
    boolean requireOffload,
    boolean requireClone,
    boolean forceStream,
    int jobs,
    Duration progressEvery) {}
