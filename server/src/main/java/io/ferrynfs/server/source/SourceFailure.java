package io.ferrynfs.server.source;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/** The reason why a source cannot be read. It has no stack trace. */
public final class SourceFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Whether the source itself returned the error. */
  private final boolean isAnswer;

  /** The cause of a failure (RFC 7862 section 11.1.2). */
  public enum Kind {
    /** The policy of this server does not allow the source. */
    DENIED,
    /** The source is unreachable or does not support NFSv4.1. */
    UNABLE,
    /** The source does not, or no longer, let this server read the file. */
    REFUSED,
    /** The source does not reply, or sends invalid replies. */
    BROKEN,
    /** The file is not a regular file. */
    WRONG_TYPE,
    /** This server has reached its limit of sources. */
    BUSY
  }

  /** Creates a failure with a message for people. */
  public SourceFailure(Kind kind, String message) {
    this(kind, message, false);
  }

  private SourceFailure(Kind kind, String message, boolean isAnswer) {
    super(message);
    this.kind = kind;
    this.isAnswer = isAnswer;
  }

  /** Returns the cause. */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns whether the failure concerns the source as a whole and not only this file: the source
   * does not reply or sends invalid replies. A source that returns an error for one file can still
   * serve others.
   */
  public boolean isOfLink() {
    return kind == Kind.BROKEN && !isAnswer;
  }

  /** Returns the failure of a future. */
  public static SourceFailure of(Throwable failure) {
    Throwable cause = CallFailures.cause(failure);
    return cause instanceof SourceFailure known ? known : of(CallFailures.call(cause));
  }

  private static SourceFailure of(CallException failure) {
    String message = CallFailures.words(failure);
    return failure.kind() == CallException.Kind.STATUS
        ? new SourceFailure(kindOf(failure.status()), message, true)
        : new SourceFailure(Kind.BROKEN, message);
  }

  /** Returns the failure of a COMPOUND. */
  static SourceFailure of(Results results) {
    return of(results.failure());
  }

  private static Kind kindOf(Nfsstat4 status) {
    return switch (status) {
      case NFS4ERR_NOTSUPP, NFS4ERR_OP_ILLEGAL, NFS4ERR_MINOR_VERS_MISMATCH -> Kind.UNABLE;
      case NFS4ERR_IO, NFS4ERR_SERVERFAULT, NFS4ERR_BADXDR, NFS4ERR_INVAL, NFS4ERR_RESOURCE ->
          Kind.BROKEN;
      case NFS4ERR_ISDIR, NFS4ERR_SYMLINK, NFS4ERR_WRONG_TYPE -> Kind.WRONG_TYPE;
      default -> Kind.REFUSED;
    };
  }

  /**
   * Returns the status for the client of the copy. Of all errors of a source, Linux clients know
   * only NFS4ERR_OFFLOAD_DENIED, and then fall back to READ and WRITE. On NFS4ERR_PARTNER_NO_AUTH
   * they begin state recovery, and on NFS4ERR_PARTNER_NOTSUPP the program that copies fails.
   */
  public Nfsstat4 status(CopyRules rules) {
    return switch (kind) {
      case BUSY -> Nfsstat4.NFS4ERR_DELAY;
      case WRONG_TYPE -> Nfsstat4.NFS4ERR_WRONG_TYPE;
      case DENIED -> Nfsstat4.NFS4ERR_OFFLOAD_DENIED;
      case UNABLE -> strict(rules, Nfsstat4.NFS4ERR_PARTNER_NOTSUPP);
      case REFUSED -> strict(rules, Nfsstat4.NFS4ERR_PARTNER_NO_AUTH);
      case BROKEN -> strict(rules, Nfsstat4.NFS4ERR_IO);
    };
  }

  private static Nfsstat4 strict(CopyRules rules, Nfsstat4 status) {
    return rules == CopyRules.RFC7862 ? status : Nfsstat4.NFS4ERR_OFFLOAD_DENIED;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
