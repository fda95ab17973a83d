package io.ferrynfs.client.session;

import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.env.RpcProtocolException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Converts the exceptions of futures. */
public final class CallFailures {

  private CallFailures() {}

  /** Returns the failure without the wrappers that futures add. */
  public static Throwable cause(Throwable failure) {
    Throwable inner = failure;
    while ((inner instanceof CompletionException || inner instanceof ExecutionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /**
   * Returns a failure as text. Some exceptions of the JDK have no message, because the class name
   * is sufficient.
   */
  public static String words(Throwable failure) {
    Throwable cause = cause(failure);
    String message = cause.getMessage();
    return switch (cause) {
      case CancellationException none -> "there was no answer in time";
      case ConnectException refused when message == null -> "the connection was refused";
      case UnresolvedAddressException unknown -> "there is no host of that name";
      case ClosedChannelException closed -> "the connection was closed";
      case SocketTimeoutException late -> "there was no answer in time";
      case RpcException lost when lost.isConnectionFailure() && lost.getCause() != null ->
          words(lost.getCause());
      default ->
          message == null || message.isBlank() ? "for no known reason (" + cause + ")" : message;
    };
  }

  /**
   * Returns why this client ended the connection of a failed call; null if the peer or the network
   * ended it.
   */
  static @Nullable CallException ofThisEnd(Throwable failure) {
    Throwable why = cause(failure);
    if (why instanceof RpcException lost && lost.isConnectionFailure()) {
      why = lost.getCause();
    }
    return switch (why) {
      case CallException known -> known;
      case RpcProtocolException sent -> CallException.of(Kind.PROTOCOL, words(sent), sent);
      case null, default -> null;
    };
  }

  /** Returns the failure of a call that RPC rejected, or whose reply cannot be decoded. */
  static CallException refused(Throwable failure) {
    return cause(failure) instanceof CallException known
        ? known
        : CallException.of(
            CallException.Kind.PROTOCOL, "the server refused the call: " + words(failure), failure);
  }

  /** Returns the failure as a {@link CallException}, of the kind PROTOCOL if it is another one. */
  public static CallException call(Throwable failure) {
    return cause(failure) instanceof CallException call
        ? call
        : CallException.of(
            CallException.Kind.PROTOCOL, "unexpected: " + words(failure), cause(failure));
  }
}
