package io.ferrynfs.rpc;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An outgoing call.
 *
 * @param program number
 * @param version of the program
 * @param procedure number
 * @param credential the identity of the caller
 * @param arguments writes the arguments; called for each transmission: once under AUTH_NONE and
 *     AUTH_SYS, on the thread that calls {@link RpcConnection#call}; else also on the connection's
 *     thread after {@link Credential#establish} or {@link Credential#renew}
 * @param bulkTarget where the data of the reply may go, or null
 * @param timeMax the time after which the call fails with {@link RpcException.Kind#TIMED_OUT}, or
 *     null for the connection's {@link RpcLimits#callTimeMax}
 */
public record RpcRequest(
    int program,
    int version,
    int procedure,
    Credential credential,
    Consumer<XdrWriter> arguments,
    @Nullable BulkTarget bulkTarget,
    @Nullable Duration timeMax) {

  /** Returns a call with the connection's time-out and without a bulk target. */
  public static RpcRequest of(
      int program, int version, int procedure, Credential credential, Consumer<XdrWriter> body) {
    return new RpcRequest(program, version, procedure, credential, body, null, null);
  }

  /** Returns the same call with a target for the data of its reply. */
  public RpcRequest withBulkTarget(BulkTarget target) {
    return new RpcRequest(program, version, procedure, credential, arguments, target, timeMax);
  }

  /** Returns the same call with another time-out. */
  public RpcRequest withTimeMax(Duration time) {
    return new RpcRequest(program, version, procedure, credential, arguments, bulkTarget, time);
  }
}
