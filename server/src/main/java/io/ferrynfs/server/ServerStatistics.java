package io.ferrynfs.server;

import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.time.Duration;
import java.util.SortedMap;

/**
 * The counters of a server since it started. A request that is still executing is not counted.
 *
 * @param operations the operations that were executed at least once, by number
 * @param requests the COMPOUNDs and the other calls
 * @param payload the bytes of files in calls and replies
 * @param copies the bytes of copies into files of this server
 */
public record ServerStatistics(
    SortedMap<NfsOpnum4, OperationCount> operations,
    RequestCounts requests,
    PayloadBytes payload,
    CopiedBytes copies) {

  /**
   * The counters of one operation.
   *
   * @param calls the number of executions
   * @param failures the number of executions that returned a status other than NFS4_OK
   * @param queued the total time during which executions waited for a thread
   * @param time the total execution time, without {@code queued}
   */
  public record OperationCount(long calls, long failures, Duration queued, Duration time) {}

  /**
   * The counters of requests.
   *
   * @param compounds COMPOUNDs received, including replays
   * @param replays COMPOUNDs answered from the reply cache (RFC 8881 section 2.10.6.1)
   * @param rejects calls rejected without a result (RFC 5531 section 9)
   * @param delays operations that failed with NFS4ERR_DELAY because the thread queue was full
   */
  public record RequestCounts(long compounds, long replays, long rejects, long delays) {}

  /**
   * The bytes of files in calls and replies.
   *
   * @param sentFromFiles bytes of READ and READ_PLUS that the kernel sent from the file
   *     (sendfile(2))
   * @param readIntoMemory bytes of READ and READ_PLUS that passed through the memory of the process
   * @param written bytes of WRITE
   */
  public record PayloadBytes(long sentFromFiles, long readIntoMemory, long written) {}

  /**
   * The bytes of copies into files of this server.
   *
   * @param shared bytes of files that now share their blocks (COPY or CLONE by reflink)
   * @param moved bytes copied from one file of this server to another
   * @param holes bytes of holes, which the server made without moving data
   * @param fetched bytes read from files of other servers
   */
  public record CopiedBytes(long shared, long moved, long holes, long fetched) {}
}
