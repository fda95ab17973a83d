package io.ferrynfs.server;

import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * Receives the events of a server: for tracing, an access log, or metrics of a program's own.
 * {@link NfsServer#statistics} has the totals without a listener.
 *
 * <p>The server calls these methods on the threads that execute requests, several at once. They
 * must return within microseconds and must not block. An exception is logged and changes nothing
 * else.
 */
public interface ServerListener {
  /** A listener that ignores all events. */
  ServerListener NONE = new ServerListener() {};

  /** Receives an operation of a COMPOUND that was executed, SEQUENCE included. */
  default void operationExecuted(OperationEvent event) {}

  /**
   * Receives a COMPOUND that was answered from the reply cache of its session (RFC 8881 section
   * 2.10.6.1), so that its operations were not executed again.
   *
   * @param peer the address of the client
   */
  default void requestReplayed(SocketAddress peer) {}

  /**
   * Receives a call that was rejected as a whole, without any result.
   *
   * @param peer the address of the client
   * @param reason the accept_stat or reject_stat of the reply (RFC 5531 section 9)
   */
  default void requestRejected(SocketAddress peer, String reason) {}

  /** Receives a callback that a client answered, or did not answer in time. */
  default void callbackCompleted(CallbackEvent event) {}

  /** Receives a copy that has begun: COPY of one range, synchronous or not. */
  default void copyStarted(CopyStatus copy) {}

  /**
   * Receives a copy that has ended.
   *
   * @param copy the copy, with the bytes that it copied
   * @param status its result; NFS4_OK with fewer bytes than requested is a short copy
   */
  default void copyEnded(CopyStatus copy, Nfsstat4 status) {}

  /**
   * An operation that was executed.
   *
   * @param peer the address of the client
   * @param uid the user id of the credential, before squashing
   * @param minorVersion 1 or 2
   * @param operation its number
   * @param status its result
   * @param queued the time that it waited for a thread
   * @param time the time that it took, without {@code queued}
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
   * @param isAnswered whether the client answered NFS4_OK
   * @param time from the first attempt to the answer
   */
  record CallbackEvent(long clientid, String operation, boolean isAnswered, Duration time) {}
}
