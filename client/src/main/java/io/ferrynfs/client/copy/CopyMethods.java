package io.ferrynfs.client.copy;

import io.ferrynfs.client.file.StreamBuffers;
import io.ferrynfs.client.offload.OffloadTable;
import java.time.Duration;

/**
 * What a copy may be made with.
 *
 * @param byServer whether a server may copy by itself
 * @param cloneOnly whether it may not copy but only have the files share their blocks
 * @param byStream whether the bytes may pass through this client
 * @param buffers for those that do
 * @param offloads the copies that the destination's server makes for its client
 * @param atSource those that the source's server makes, and what else is said to it meanwhile
 * @param progressEvery how often a server is asked how far it is; zero for the usual times
 */
public record CopyMethods(
    boolean byServer,
    boolean cloneOnly,
    boolean byStream,
    StreamBuffers buffers,
    OffloadTable offloads,
    OffloadTable atSource,
    Duration progressEvery) {}
