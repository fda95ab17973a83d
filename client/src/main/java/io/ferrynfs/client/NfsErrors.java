package io.ferrynfs.client;

import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Converts failures of calls to exceptions of the API. */
final class NfsErrors {

  private NfsErrors() {}

  /** Returns a future that fails with an {@link NfsException}. */
  static <T> CompletableFuture<T> named(String what, CompletableFuture<T> future) {
    CompletableFuture<T> named = new CompletableFuture<>();
    var _ =
        future.whenComplete((value, failure) -> {
          if (failure == null) {
            named.complete(value);
          } else {
            named.completeExceptionally(of(what, failure));
          }
        });
    return named;
  }

  /** Blocks until a future completes. Must not be called on a thread of the client. */
  static <T> T await(CompletableFuture<T> future) throws NfsException {
    try {
      return future.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof NfsException known) {
        // A new exception has the stack trace of the caller.
        throw new NfsException(
            known.reason(),
            known.status(),
            known.outcomeUnknown(),
            String.valueOf(known.getMessage()),
            known);
      }
      throw of("the call failed", failed);
    }
  }

  static NfsException of(String what, Throwable failure) {
    Throwable cause = CallFailures.cause(failure);
    if (cause instanceof NfsException known) {
      return known;
    }
    CallException call = CallFailures.call(cause);
    return new NfsException(
        reason(call), code(call), call.outcomeUnknown(), message(what, call), cause);
  }

  private static int code(CallException call) {
    return call.kind() == CallException.Kind.STATUS ? call.status().value() : 0;
  }

  private static String message(String what, CallException call) {
    StringBuilder text = new StringBuilder(what).append(": ");
    if (call.kind() == CallException.Kind.STATUS) {
      text.append(words(call.status())).append(" (").append(call.getMessage()).append(')');
    } else {
      text.append(call.getMessage());
    }
    if (call.outcomeUnknown()) {
      text.append("; the server may have done it all the same");
    }
    String advice = advice(reason(call));
    if (!advice.isEmpty()) {
      text.append("; ").append(advice);
    }
    return text.toString();
  }

  private static Reason reason(CallException call) {
    return switch (call.kind()) {
      case STATUS -> reason(call.status());
      case UNREACHABLE -> Reason.UNREACHABLE;
      case TIMED_OUT -> Reason.TIMED_OUT;
      case CLOSED -> Reason.CLOSED;
      case STATE_LOST -> Reason.STATE_LOST;
      case DATA_LOST -> Reason.DATA_LOST;
      case UNSUPPORTED -> Reason.UNSUPPORTED;
      case CANCELLED -> Reason.CANCELLED;
      case PROTOCOL -> Reason.PROTOCOL;
    };
  }

  private static Reason reason(Nfsstat4 status) {
    return switch (status) {
      case NFS4ERR_NOENT -> Reason.NOT_FOUND;
      case NFS4ERR_NOXATTR -> Reason.NO_XATTR;
      case NFS4ERR_EXIST -> Reason.EXISTS;
      case NFS4ERR_ACCESS, NFS4ERR_PERM, NFS4ERR_WRONGSEC -> Reason.ACCESS_DENIED;
      case NFS4ERR_ROFS -> Reason.READ_ONLY;
      case NFS4ERR_NOTDIR -> Reason.NOT_DIRECTORY;
      case NFS4ERR_ISDIR -> Reason.IS_DIRECTORY;
      case NFS4ERR_SYMLINK -> Reason.IS_SYMLINK;
      case NFS4ERR_NOTEMPTY -> Reason.NOT_EMPTY;
      case NFS4ERR_NOSPC, NFS4ERR_DQUOT, NFS4ERR_FBIG, NFS4ERR_MLINK, NFS4ERR_XATTR2BIG ->
          Reason.NO_SPACE;
      case NFS4ERR_INVAL,
          NFS4ERR_BADNAME,
          NFS4ERR_BADCHAR,
          NFS4ERR_NAMETOOLONG,
          NFS4ERR_WRONG_TYPE,
          NFS4ERR_BADTYPE,
          NFS4ERR_BADOWNER ->
          Reason.INVALID;
      case NFS4ERR_XDEV -> Reason.CROSS_DEVICE;
      case NFS4ERR_LOCKED,
          NFS4ERR_DENIED,
          NFS4ERR_DEADLOCK,
          NFS4ERR_SHARE_DENIED,
          NFS4ERR_FILE_OPEN,
          NFS4ERR_OPENMODE ->
          Reason.LOCKED;
      case NFS4ERR_STALE, NFS4ERR_BADHANDLE, NFS4ERR_FHEXPIRED -> Reason.STALE;
      case NFS4ERR_NOTSUPP,
          NFS4ERR_LOCK_NOTSUPP,
          NFS4ERR_LOCK_RANGE,
          NFS4ERR_BAD_RANGE,
          NFS4ERR_OP_ILLEGAL,
          NFS4ERR_ATTRNOTSUPP,
          NFS4ERR_MINOR_VERS_MISMATCH,
          NFS4ERR_UNION_NOTSUPP ->
          Reason.UNSUPPORTED;
      case NFS4ERR_BAD_STATEID, NFS4ERR_STALE_STATEID, NFS4ERR_EXPIRED, NFS4ERR_ADMIN_REVOKED ->
          Reason.STATE_LOST;
      case NFS4ERR_DELAY, NFS4ERR_GRACE -> Reason.TIMED_OUT;
      case NFS4ERR_BADXDR -> Reason.PROTOCOL;
      default -> Reason.IO;
    };
  }

  private static String words(Nfsstat4 status) {
    return switch (reason(status)) {
      case NOT_FOUND -> "no such file or directory";
      case NO_XATTR -> "no such extended attribute";
      case EXISTS -> "exists already";
      case ACCESS_DENIED -> "permission denied";
      case READ_ONLY -> "read-only file system";
      case NOT_DIRECTORY -> "not a directory";
      case IS_DIRECTORY -> "is a directory";
      case IS_SYMLINK -> "is a symbolic link";
      case NOT_EMPTY -> "directory not empty";
      case NO_SPACE -> "no space or quota left, or too large";
      case INVALID -> "not accepted by the server";
      case CROSS_DEVICE -> "on different file systems";
      case LOCKED -> "locked or opened otherwise";
      case STALE -> "removed on the server";
      case UNSUPPORTED -> "not supported by the server";
      case STATE_LOST -> "the server has lost the open file";
      case TIMED_OUT -> "the server is busy";
      default -> "error on the server";
    };
  }

  private static String advice(Reason reason) {
    return switch (reason) {
      case UNREACHABLE -> "check that the server runs and that host and port are right";
      case TIMED_OUT -> "try again, or allow more time";
      case STATE_LOST -> "open the file again";
      case DATA_LOST -> "write the file again";
      default -> "";
    };
  }
}
