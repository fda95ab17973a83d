package io.ferrynfs.client.copy;

import io.ferrynfs.client.file.StreamBuffers;
import io.ferrynfs.client.offload.PendingOffloads;
import java.time.Duration;

/**
 * The methods that a copy may use.
 *
 * @param byServer whether a server may copy
 * @param cloneOnly whether only CLONE is permitted
 * @param byStream whether the data may pass through this client
 * @param buffers the buffers for such data
 * @param offloads the asynchronous copies of the destination's server
 * @param atSource those of the source's server, and the background work there
 * @param progressEvery the interval of OFFLOAD_STATUS; zero for the default
 */
public record CopyMethods(
    boolean byServer,
    boolean cloneOnly,
    boolean byStream,
    StreamBuffers buffers,
    PendingOffloads offloads,
    PendingOffloads atSource,
    Duration progressEvery) {}
