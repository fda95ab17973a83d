package io.ferrynfs.client.session;

import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.env.NonsenseException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What is inside the exceptions of futures. */
public final class CallFailures {

  private CallFailures() {}

  /** The failure without the wrappers that futures put around it. */
  public static Throwable cause(Throwable failure) {
    Throwable inner = failure;
    while ((inner instanceof CompletionException || inner instanceof ExecutionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /**
   * The failure in words: the JDK has exceptions without any, and some whose class is all they say.
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
   * Why this client ended the connection that a call was lost with, null where the peer or the
   * network did.
   */
  static @Nullable CallException ofThisEnd(Throwable failure) {
    Throwable why = cause(failure);
    if (why instanceof RpcException lost && lost.isConnectionFailure()) {
      why = lost.getCause();
    }
    return switch (why) {
      case CallException known -> known;
      case NonsenseException sent -> CallException.of(Kind.PROTOCOL, words(sent), sent);
      case null, default -> null;
    };
  }

  /** RPC refused a call, or what came is no answer to it. */
  static CallException refused(Throwable failure) {
    return cause(failure) instanceof CallException known
        ? known
        : CallException.of(
            CallException.Kind.PROTOCOL, "the server refused the call: " + words(failure), failure);
  }

  /** The failure as a {@link CallException}; what is none becomes one of the protocol kind. */
  public static CallException call(Throwable failure) {
    return cause(failure) instanceof CallException call
        ? call
        : CallException.of(
            CallException.Kind.PROTOCOL, "unexpected: " + words(failure), cause(failure));
  }
}
