package io.ferrynfs.server;

import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * A receiver of the events of a server, for tracing, access logs and metrics. {@link
 * NfsServer#statistics} has the totals without a listener.
 *
 * <p>The server calls these methods on the threads that execute requests, several at the same time.
 * They must return within microseconds and must not block. The server logs an exception that a
 * method throws and continues.
 */
public interface ServerListener {
  /** A listener that ignores all events. */
  ServerListener NONE = new ServerListener() {};

  /** Receives an operation of a COMPOUND that was executed, SEQUENCE included. */
  default void operationExecuted(OperationEvent event) {}

  /**
   * Receives a COMPOUND that the server answered from the reply cache of its session, without
   * executing its operations again (RFC 8881 section 2.10.6.1).
   *
   * @param peer the address of the client
   */
  default void requestReplayed(SocketAddress peer) {}

  /**
   * Receives a call that the server rejected without executing it.
   *
   * @param peer the address of the client
   * @param reason the accept_stat or reject_stat of the reply (RFC 5531 section 9)
   */
  default void requestRejected(SocketAddress peer, String reason) {}

  /** Receives the result of a callback: a reply, or none in time. */
  default void callbackCompleted(CallbackEvent event) {}

  /** Receives a copy that has begun: a COPY of one range, synchronous or asynchronous. */
  default void copyStarted(CopyStatus copy) {}

  /**
   * Receives a copy that has ended.
   *
   * @param copy the copy, with the number of bytes copied
   * @param status its result; NFS4_OK with fewer bytes than requested is a short copy
   */
  default void copyEnded(CopyStatus copy, Nfsstat4 status) {}

  /**
   * An operation that the server executed.
   *
   * @param peer the address of the client
   * @param uid the user id of the credential, before squashing
   * @param minorVersion 1 or 2
   * @param operation the operation number
   * @param status the result
   * @param queued the time during which it waited for a thread
   * @param time the execution time, without {@code queued}
   */
  record OperationEvent(
      SocketAddress peer,
      long uid,
      int minorVersion,
      NfsOpnum4 operation,
      Nfsstat4 status,
      Duration queued,
      Duration time) {}

  /**
   * A callback to a client.
   *
   * @param clientid the client
   * @param operation the operation after CB_SEQUENCE, as RFC 8881 section 20 names it
   * @param isAnswered whether the client replied with NFS4_OK
   * @param time the time from the first attempt to the reply
   */
  record CallbackEvent(long clientid, String operation, boolean isAnswered, Duration time) {}
}
