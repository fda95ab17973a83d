package io.ferrynfs.rpc;

import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.function.Consumer;

/**
 * A call of the peer's. Its arguments live in a pooled receive buffer, which goes back with the
 * answer: after {@link #reply}, {@link #reject} or {@link #drop}, no payload decoded from the
 * arguments may be used.
 *
 * <p>The answering methods may be called from any thread. Answers given on the connection's own
 * thread leave together, when it has run out of calls.
 */
public interface RpcCall {

  /** The caller's transaction id. */
  int xid();

  /** The program, as an unsigned number. */
  int program();

  /** The version, as an unsigned number. */
  int version();

  /** The procedure, as an unsigned number. */
  int procedure();

  /** Who calls. */
  Credential credential();

  /** The arguments. The same reader each time. */
  XdrReader arguments();

  /** How many bytes the record has, for limits such as NFSv4.1's ca_maxrequestsize. */
  int recordBytes();

  /** The connection it came by. */
  RpcConnection connection();

  /**
   * Answers with results.
   *
   * @param results writes them, once, before this method returns; when it throws, the answer is
   *     SYSTEM_ERR and the exception goes on to the caller
   * @return whether the connection was still there
   * @throws IllegalStateException when the call was answered before
   */
  boolean reply(Consumer<XdrWriter> results);

  /**
   * Answers without results.
   *
   * @return whether the connection was still there
   * @throws IllegalStateException when the call was answered before
   */
  boolean reject(RpcReject why);

  /**
   * Gives no answer (RFC 8881 section 2.10.6.2 has cases for it) and gives the buffer back.
   *
   * @throws IllegalStateException when the call was answered before
   */
  void drop();
}
