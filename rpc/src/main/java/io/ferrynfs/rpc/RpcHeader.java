package io.ferrynfs.rpc;

import io.ferrynfs.rpc.RpcException.Kind;
import io.ferrynfs.rpc.auth.CallProtection;
import io.ferrynfs.rpc.auth.ReplyProtection;
import io.ferrynfs.rpc.auth.ReplyVerifier;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The header of an RPC message: the bytes before its arguments or results (RFC 5531 section 9).
 *
 * <p>This class encodes and decodes it without the generated types, so that a call creates no
 * objects for it. The tests compare both encodings.
 */
final class RpcHeader {
  static final int CALL = 0;
  static final int REPLY = 1;
  static final int RPC_VERSION = 2;

  static final int MSG_ACCEPTED = 0;
  static final int MSG_DENIED = 1;

  static final int SUCCESS = 0;
  static final int PROG_UNAVAIL = 1;
  static final int PROG_MISMATCH = 2;
  static final int PROC_UNAVAIL = 3;
  static final int GARBAGE_ARGS = 4;
  static final int SYSTEM_ERR = 5;

  static final int RPC_MISMATCH = 0;
  static final int AUTH_ERROR = 1;

  /** The length of the header of an accepted reply without its verifier. */
  static final int ACCEPTED_BYTES = 16;

  /** The maximum length of a credential or verifier body (RFC 5531 section 8.2). */
  static final int AUTH_BYTES_MAX = 400;

  /** The offset of the verifier's flavor in an accepted reply. */
  private static final int VERIFIER_AT = 12;

  private RpcHeader() {}

  static void writeCall(
      XdrWriter out, int xid, CallTarget target, int procedure, CallProtection protection) {
    out.writeInt(xid);
    out.writeInt(CALL);
    out.writeInt(RPC_VERSION);
    out.writeInt(target.program());
    out.writeInt(target.version());
    out.writeInt(procedure);
    protection.writeCredential(out);
    protection.writeVerifier(out);
  }

  static void writeAccepted(XdrWriter out, int xid, ReplyProtection protection, int acceptStat) {
    out.writeInt(xid);
    out.writeInt(REPLY);
    out.writeInt(MSG_ACCEPTED);
    protection.writeVerifier(out);
    out.writeInt(acceptStat);
  }

  static void writeReject(XdrWriter out, int xid, ReplyProtection protection, RpcReject why) {
    switch (why) {
      case RpcReject.Accepted accepted ->
          writeAccepted(out, xid, protection, accepted.acceptStat());
      case RpcReject.ProgMismatch mismatch -> {
        writeAccepted(out, xid, protection, PROG_MISMATCH);
        out.writeInt(mismatch.low());
        out.writeInt(mismatch.high());
      }
      case RpcReject.Denied denied -> writeDenied(out, xid, denied);
    }
  }

  /** Writes a denial, which has no verifier. */
  static void writeDenied(XdrWriter out, int xid, RpcReject.Denied why) {
    switch (why) {
      case RpcReject.Auth auth -> {
        writeDenied(out, xid, AUTH_ERROR);
        out.writeInt(auth.authStat());
      }
      case RpcReject.RpcMismatch mismatch -> {
        writeDenied(out, xid, RPC_MISMATCH);
        out.writeInt(RPC_VERSION);
        out.writeInt(RPC_VERSION);
      }
    }
  }

  private static void writeDenied(XdrWriter out, int xid, int rejectStat) {
    out.writeInt(xid);
    out.writeInt(REPLY);
    out.writeInt(MSG_DENIED);
    out.writeInt(rejectStat);
  }

  /** Returns the failure that a reply without results reports. */
  static RpcException readFailure(XdrReader in) throws XdrException {
    in.readInt();
    in.readInt();
    int replyStat = in.readInt();
    return switch (replyStat) {
      case MSG_ACCEPTED -> {
        in.readInt();
        in.readOpaque(AUTH_BYTES_MAX);
        yield readAccepted(in, in.readInt());
      }
      case MSG_DENIED -> readDenied(in, in.readInt());
      default -> throw new XdrException("reply_stat " + Integer.toUnsignedString(replyStat));
    };
  }

  private static RpcException readAccepted(XdrReader in, int acceptStat) throws XdrException {
    return switch (acceptStat) {
      case PROG_UNAVAIL ->
          new RpcException(Kind.PROG_UNAVAIL, "the peer does not serve the program");
      case PROG_MISMATCH -> new RpcException(Kind.PROG_MISMATCH, readVersions(in));
      case PROC_UNAVAIL ->
          new RpcException(Kind.PROC_UNAVAIL, "the peer does not support the procedure");
      case GARBAGE_ARGS ->
          new RpcException(Kind.GARBAGE_ARGS, "the peer cannot decode the arguments");
      case SYSTEM_ERR ->
          new RpcException(
              Kind.SYSTEM_ERR, "the peer had an internal error, such as a lack of memory");
      default -> throw new XdrException("accept_stat " + Integer.toUnsignedString(acceptStat));
    };
  }

  private static RpcException readDenied(XdrReader in, int rejectStat) throws XdrException {
    return switch (rejectStat) {
      case RPC_MISMATCH -> new RpcException(Kind.RPC_MISMATCH, readVersions(in));
      case AUTH_ERROR -> new RpcException(Kind.AUTH_ERROR, "auth_stat " + in.readUint32());
      default -> throw new XdrException("reject_stat " + Integer.toUnsignedString(rejectStat));
    };
  }

  private static String readVersions(XdrReader in) throws XdrException {
    return "the peer supports the versions " + in.readUint32() + " to " + in.readUint32();
  }

  /**
   * Returns the auth_stat of a reply that denies a call with AUTH_ERROR; negative for all other
   * replies.
   */
  static int authStat(ByteBuffer reply) {
    boolean isDenial =
        reply.limit() >= 20 && reply.getInt(8) == MSG_DENIED && reply.getInt(12) == AUTH_ERROR;
    return isDenial ? reply.getInt(16) : -1;
  }

  /** Returns the verifier of an accepted reply; null for all other replies. */
  static @Nullable ReplyVerifier verifier(ByteBuffer reply) {
    if (reply.limit() < VERIFIER_AT + 8 || reply.getInt(8) != MSG_ACCEPTED) {
      return null;
    }
    int length = reply.getInt(VERIFIER_AT + 4);
    if (length < 0 || length > AUTH_BYTES_MAX || VERIFIER_AT + 8 + length > reply.limit()) {
      return null;
    }
    ByteBuffer body = reply.slice(VERIFIER_AT + 8, length).asReadOnlyBuffer();
    return new ReplyVerifier(reply.getInt(0), reply.getInt(VERIFIER_AT), body);
  }

  /** Returns the offset of the results in a successful reply; negative for all other replies. */
  static int resultsAt(ByteBuffer reply) {
    if (reply.limit() < VERIFIER_AT + 12 || reply.getInt(8) != MSG_ACCEPTED) {
      return -1;
    }
    int length = reply.getInt(VERIFIER_AT + 4);
    if (length < 0 || length > AUTH_BYTES_MAX) {
      return -1;
    }
    int status = VERIFIER_AT + 8 + (length + 3 & ~3);
    boolean isComplete = reply.limit() >= status + 4;
    return isComplete && reply.getInt(status) == SUCCESS ? status + 4 : -1;
  }
}
