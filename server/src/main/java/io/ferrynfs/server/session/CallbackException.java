package io.ferrynfs.server.session;

/** A callback that will never be answered. Has no stack trace: it says why, not where. */
public final class CallbackException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why there is no answer. */
  public enum Reason {
    /** The client record is gone. */
    CLIENT_GONE,
    /** Too many callbacks to this client wait already; this one was not sent. */
    TOO_MANY,
    /** The client answered something that makes no sense. */
    BAD_ANSWER
  }

  private final Reason reason;

  CallbackException(Reason reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  /** Why there is no answer. */
  public Reason reason() {
    return reason;
  }
}
