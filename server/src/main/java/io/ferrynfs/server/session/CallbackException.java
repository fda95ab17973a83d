package io.ferrynfs.server.session;

/** The failure of a callback that gets no reply. It has no stack trace. */
public final class CallbackException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The reasons. */
  public enum Reason {
    /** The client record was removed. */
    CLIENT_GONE,
    /** The client has reached its limit of pending callbacks. The callback was not sent. */
    TOO_MANY,
    /** The reply of the client is malformed. */
    BAD_ANSWER
  }

  private final Reason reason;

  CallbackException(Reason reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  /** Returns the reason. */
  public Reason reason() {
    return reason;
  }
}
