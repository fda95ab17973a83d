package io.ferrynfs.rpc;

import io.ferrynfs.rpc.auth.RpcPrincipal;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.function.Consumer;

/**
 * An incoming call. Its arguments are in a pooled receive buffer, which is returned to the pool
 * with the reply: after {@link #reply}, {@link #reject} or {@link #drop}, no payload decoded from
 * the arguments may be used.
 *
 * <p>These three methods may be called on any thread. Replies that are given on the connection's
 * own thread are sent together when the calls received so far have been handled.
 */
public interface RpcCall {

  /** Returns the caller's transaction id. */
  int xid();

  /** Returns the program, an unsigned number. */
  int program();

  /** Returns the version, an unsigned number. */
  int version();

  /** Returns the procedure, an unsigned number. */
  int procedure();

  /** Returns the authenticated caller. */
  RpcPrincipal principal();

  /** Returns the reader of the arguments, the same each time. */
  XdrReader arguments();

  /** Returns the length of the whole call in bytes, for limits such as ca_maxrequestsize. */
  int recordBytes();

  /**
   * Returns by how many bytes the reply is longer than its results, at most: its header, its
   * verifier and the transformation of the results. For limits such as ca_maxresponsesize (RFC 8881
   * section 18.36.3).
   */
  int replyOverheadBytesMax();

  /** Returns the connection that the call arrived on. */
  RpcConnection connection();

  /**
   * Replies with results.
   *
   * @param results writes the results, once, before this method returns; if it throws, the reply is
   *     SYSTEM_ERR and the caller of this method receives the exception
   * @return false if the connection has ended
   * @throws IllegalStateException when the call was answered before
   */
  boolean reply(Consumer<XdrWriter> results);

  /**
   * Replies without results.
   *
   * @return false if the connection has ended
   * @throws IllegalStateException when the call was answered before
   */
  boolean reject(RpcReject why);

  /**
   * Discards the call without a reply (RFC 8881 section 2.10.6.2 has cases for it).
   *
   * @throws IllegalStateException when the call was answered before
   */
  void drop();
}
