package io.ferrynfs.rpc;

import io.ferrynfs.rpc.RpcException.Kind;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of an RPC message before its arguments or results (RFC 5531 section 9). Read and
 * written by hand, since every call passes here and none needs objects for it; tests compare with
 * the generated types.
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

  static final int AUTH_NONE = 0;
  static final int AUTH_SYS = 1;

  /** Longest body of a credential or verifier (RFC 5531 section 8.2). */
  static final int AUTH_BYTES_MAX = 400;

  private RpcHeader() {}

  static void writeCall(XdrWriter out, RpcRequest request, int xid) {
    out.writeInt(xid);
    out.writeInt(CALL);
    out.writeInt(RPC_VERSION);
    out.writeInt(request.program());
    out.writeInt(request.version());
    out.writeInt(request.procedure());
    writeCredential(out, request.credential());
    writeNoVerifier(out);
  }

  private static void writeCredential(XdrWriter out, Credential credential) {
    switch (credential) {
      case Credential.None none -> writeNoVerifier(out);
      case Credential.Sys sys -> {
        int gids = sys.gids().size();
        int name = sys.machineName().size();
        out.writeInt(AUTH_SYS);
        out.writeInt(20 + (name + 3 & ~3) + 4 * gids);
        out.writeUint32(sys.stamp());
        out.writeOpaque(sys.machineName(), Credential.Sys.MACHINE_NAME_BYTES_MAX);
        out.writeUint32(sys.uid());
        out.writeUint32(sys.gid());
        out.writeInt(gids);
        for (int i = 0; i < gids; i++) {
          out.writeUint32(sys.gids().get(i));
        }
      }
    }
  }

  private static void writeNoVerifier(XdrWriter out) {
    out.writeInt(AUTH_NONE);
    out.writeInt(0);
  }

  static void writeAccepted(XdrWriter out, int xid, int acceptStat) {
    out.writeInt(xid);
    out.writeInt(REPLY);
    out.writeInt(MSG_ACCEPTED);
    writeNoVerifier(out);
    out.writeInt(acceptStat);
  }

  static void writeReject(XdrWriter out, int xid, RpcReject why) {
    switch (why) {
      case RpcReject.Accepted accepted -> writeAccepted(out, xid, accepted.acceptStat());
      case RpcReject.ProgMismatch mismatch -> {
        writeAccepted(out, xid, PROG_MISMATCH);
        out.writeInt(mismatch.low());
        out.writeInt(mismatch.high());
      }
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

  /** The body of an AUTH_SYS credential (RFC 5531 appendix A). */
  static Credential.Sys readSys(XdrReader in) throws XdrException {
    long stamp = in.readUint32();
    Opaque name = in.readOpaque(Credential.Sys.MACHINE_NAME_BYTES_MAX);
    long uid = in.readUint32();
    long gid = in.readUint32();
    int count = in.readInt();
    if (count < 0 || count > Credential.Sys.GIDS_MAX) {
      throw new XdrException(Integer.toUnsignedString(count) + " groups");
    }
    List<Long> gids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      gids.add(in.readUint32());
    }
    in.expectEnd();
    return new Credential.Sys(stamp, name, uid, gid, gids);
  }

  /** The failure that a reply without results stands for. */
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
      case PROG_UNAVAIL -> new RpcException(Kind.PROG_UNAVAIL, "no such program");
      case PROG_MISMATCH -> new RpcException(Kind.PROG_MISMATCH, readVersions(in));
      case PROC_UNAVAIL -> new RpcException(Kind.PROC_UNAVAIL, "no such procedure");
      case GARBAGE_ARGS -> new RpcException(Kind.GARBAGE_ARGS, "our arguments cannot be decoded");
      case SYSTEM_ERR -> new RpcException(Kind.SYSTEM_ERR, "the peer is out of something");
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
    return "versions " + in.readUint32() + " to " + in.readUint32() + " are there";
  }
}
