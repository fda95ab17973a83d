package io.ferrynfs.rpc;

import io.ferrynfs.wire.xdr.XdrWriter;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call to make.
 *
 * @param program number
 * @param version of the program
 * @param procedure number
 * @param credential to send; the verifier is AUTH_NONE
 * @param arguments writes them; called once, on the thread that calls {@link RpcConnection#call}
 * @param bulkTarget where the data of the reply may go, or null
 * @param timeMax until the call fails with {@link RpcException.Kind#TIMED_OUT}, or null for the
 *     connection's {@link RpcLimits#callTimeMax}
 */
public record RpcRequest(
    int program,
    int version,
    int procedure,
    Credential credential,
    Consumer<XdrWriter> arguments,
    @Nullable BulkTarget bulkTarget,
    @Nullable Duration timeMax) {

  /** A call with the connection's time-out, whose reply comes the ordinary way. */
  public static RpcRequest of(
      int program, int version, int procedure, Credential credential, Consumer<XdrWriter> body) {
    return new RpcRequest(program, version, procedure, credential, body, null, null);
  }

  /** The same, with data of the reply going straight into a buffer. */
  public RpcRequest withBulkTarget(BulkTarget target) {
    return new RpcRequest(program, version, procedure, credential, arguments, target, timeMax);
  }

  /** The same with another time-out. */
  public RpcRequest withTimeMax(Duration time) {
    return new RpcRequest(program, version, procedure, credential, arguments, bulkTarget, time);
  }
}
