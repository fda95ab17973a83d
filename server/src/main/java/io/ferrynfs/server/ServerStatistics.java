package io.ferrynfs.server;

import io.ferrynfs.server.dispatch.OperationMetrics;
import io.ferrynfs.server.offload.CopyBytes;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.util.SortedMap;

/**
 * What a server has done since it started, as far as it is over.
 *
 * @param operations those that were executed at least once, in the order of their numbers
 * @param payload the bytes of files in calls and replies
 * @param copies the bytes of copies into files of this server
 */
public record ServerStatistics(
    SortedMap<NfsOpnum4, OperationMetrics.Sample> operations,
    OperationMetrics.Bytes payload,
    CopyBytes.Sample copies) {}
