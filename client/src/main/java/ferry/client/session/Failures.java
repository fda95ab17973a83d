package ferry.client.session;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What is inside the exceptions of futures. */
public final class Failures {

  private Failures() {}

  /** The failure without the wrappers that futures put around it. */
  public static Throwable cause(Throwable failure) {
    Throwable inner = failure;
    while ((inner instanceof CompletionException || inner instanceof ExecutionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /** The failure as a {@link CallException}; what is none becomes one of the protocol kind. */
  public static CallException call(Throwable failure) {
    return cause(failure) instanceof CallException call
        ? call
        : CallException.of(
            CallException.Kind.PROTOCOL, "unexpected: " + cause(failure), cause(failure));
  }
}
