package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.StreamLimits;
import java.time.Duration;

/**
 * The bounds of this module.
 *
 * @param stream the bounds of each connection's records
 * @param connectionsMax accepted connections at once; one more takes the place of the oldest that
 *     has never made a call, or else of the one that has been quiet the longest; it is closed at
 *     once when there is neither
 * @param connectionsPerAddressMax the same of one address, which makes room for itself alone
 * @param quietTimeMin for how long a connection must have been quiet to make room for another: more
 *     than a client lets pass between two renewals of its lease
 * @param callsOutgoingMax calls of ours without a reply, per connection
 * @param callsIncomingMax calls of the peer's whose replies have not left, per connection; with
 *     that many nothing more is read from it
 * @param replyBytesQueuedMax bytes of replies that have not left, per connection; with that many
 *     nothing more is read from it
 * @param replyBytesTotalMax bytes of memory that replies which have not left take, of all accepted
 *     connections; beyond, the connection ends that has taken nothing for the longest
 * @param callTimeMax for calls that set none themselves
 */
public record RpcLimits(
    StreamLimits stream,
    int connectionsMax,
    int connectionsPerAddressMax,
    Duration quietTimeMin,
    int callsOutgoingMax,
    int callsIncomingMax,
    int replyBytesQueuedMax,
    long replyBytesTotalMax,
    Duration callTimeMax) {

  /** For servers and clients of ordinary size. */
  public static final RpcLimits DEFAULT =
      new RpcLimits(
          StreamLimits.DEFAULT,
          4096,
          4096,
          Duration.ofMinutes(3),
          1024,
          1024,
          16 << 20,
          64L << 20,
          Duration.ofSeconds(60));

  /** The same with other bounds for records. */
  public RpcLimits withStream(StreamLimits limits) {
    return new RpcLimits(
        limits,
        connectionsMax,
        connectionsPerAddressMax,
        quietTimeMin,
        callsOutgoingMax,
        callsIncomingMax,
        replyBytesQueuedMax,
        replyBytesTotalMax,
        callTimeMax);
  }

  /** The same with another default time-out. */
  public RpcLimits withCallTimeMax(Duration time) {
    return new RpcLimits(
        stream,
        connectionsMax,
        connectionsPerAddressMax,
        quietTimeMin,
        callsOutgoingMax,
        callsIncomingMax,
        replyBytesQueuedMax,
        replyBytesTotalMax,
        time);
  }

  /** The same with other numbers of calls. */
  public RpcLimits withCalls(int outgoingMax, int incomingMax) {
    return new RpcLimits(
        stream,
        connectionsMax,
        connectionsPerAddressMax,
        quietTimeMin,
        outgoingMax,
        incomingMax,
        replyBytesQueuedMax,
        replyBytesTotalMax,
        callTimeMax);
  }

  /** The same with another number of accepted connections. */
  public RpcLimits withConnectionsMax(int connections) {
    return new RpcLimits(
        stream,
        connections,
        connectionsPerAddressMax,
        quietTimeMin,
        callsOutgoingMax,
        callsIncomingMax,
        replyBytesQueuedMax,
        replyBytesTotalMax,
        callTimeMax);
  }

  /** The same with another number of accepted connections of one address. */
  public RpcLimits withConnectionsPerAddressMax(int connections) {
    return new RpcLimits(
        stream,
        connectionsMax,
        connections,
        quietTimeMin,
        callsOutgoingMax,
        callsIncomingMax,
        replyBytesQueuedMax,
        replyBytesTotalMax,
        callTimeMax);
  }

  /** The same with another bound of replies that have not left. */
  public RpcLimits withReplyBytesQueuedMax(int bytes) {
    return new RpcLimits(
        stream,
        connectionsMax,
        connectionsPerAddressMax,
        quietTimeMin,
        callsOutgoingMax,
        callsIncomingMax,
        bytes,
        replyBytesTotalMax,
        callTimeMax);
  }

  /** The same with another bound of replies of all connections that have not left. */
  public RpcLimits withReplyBytesTotalMax(long bytes) {
    return new RpcLimits(
        stream,
        connectionsMax,
        connectionsPerAddressMax,
        quietTimeMin,
        callsOutgoingMax,
        callsIncomingMax,
        replyBytesQueuedMax,
        bytes,
        callTimeMax);
  }
}
