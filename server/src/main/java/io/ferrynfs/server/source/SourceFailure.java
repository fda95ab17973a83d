package io.ferrynfs.server.source;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/** Why a source could not be read. Has no stack trace. */
public final class SourceFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Whether the source has said so itself. */
  private final boolean isAnswer;

  /** Who is to blame (RFC 7862 section 11.1.2). */
  public enum Kind {
    /** This server: its policy does not allow the source. */
    DENIED,
    /** The source cannot be reached, or is none that NFSv4.1 can be spoken with. */
    UNABLE,
    /** The source does not let this server read the file, or not any more. */
    REFUSED,
    /** The source has stopped answering, or answers what makes no sense. */
    BROKEN,
    /** The file is no regular one. */
    WRONG_TYPE,
    /** This server has too many sources just now. */
    BUSY
  }

  /** For people: the message. */
  public SourceFailure(Kind kind, String message) {
    this(kind, message, false);
  }

  private SourceFailure(Kind kind, String message, boolean isAnswer) {
    super(message);
    this.kind = kind;
    this.isAnswer = isAnswer;
  }

  /** Who is to blame. */
  public Kind kind() {
    return kind;
  }

  /**
   * Whether it is the source that is in question, and not this file: it has not answered, or has
   * answered what makes no sense. Who says that one file cannot be read, serves the others.
   */
  public boolean isOfLink() {
    return kind == Kind.BROKEN && !isAnswer;
  }

  /** What a future that failed tells. */
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

  /** What the failed results of a COMPOUND tell. */
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
   * What the client of the copy is told. Linux clients know only NFS4ERR_OFFLOAD_DENIED of all that
   * may be wrong with a source, and then read and write by themselves. At NFS4ERR_PARTNER_NO_AUTH
   * they begin state recovery, at NFS4ERR_PARTNER_NOTSUPP the program that copies fails.
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
