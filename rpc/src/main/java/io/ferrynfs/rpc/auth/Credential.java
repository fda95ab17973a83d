package io.ferrynfs.rpc.auth;

import io.ferrynfs.wire.rpc.Rpc;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The identity in whose name calls are made, with the means to prove it (RFC 5531 section 8.2).
 *
 * <p>One credential may be used on several connections and by several threads at a time.
 */
public interface Credential extends RpcPrincipal {

  /** The length of the flavor and the length before the body of a credential or verifier. */
  int FLAVOR_AND_LENGTH_BYTES = 8;

  /** The maximum length of the body of a credential or verifier (RFC 5531 section 8.2). */
  int AUTH_BYTES_MAX = 400;

  /** Returns the credential of an anonymous caller (AUTH_NONE). */
  static Credential none() {
    return None.INSTANCE;
  }

  /**
   * Returns the protection of the next call. Never blocks. Called on the caller's thread, or on the
   * connection's after {@link #establish}.
   *
   * @param peer the other end of the connection
   * @return null if the credential has first to be established by an exchange with the peer
   */
  @Nullable CallProtection protect(RpcPeer peer);

  /**
   * Establishes the credential, for example by RPCSEC_GSS_INIT and RPCSEC_GSS_CONTINUE_INIT (RFC
   * 2203 section 5.2). Several calls may ask for that at the same time, also just after another
   * call has established it.
   *
   * @param exchange makes calls to the peer
   * @return completes when {@link #protect} returns a protection; fails if there will be none
   */
  default CompletableFuture<Void> establish(AuthExchange exchange) {
    return CompletableFuture.completedFuture(null);
  }

  /**
   * Decides whether a call that the peer rejected is sent again, for example after
   * RPCSEC_GSS_CREDPROBLEM (RFC 2203 section 5.3.3.3). A call is sent twice at most.
   *
   * @param rejected the protection of the rejected call, which may be older than what the
   *     credential has established since
   * @param authStat the peer's auth_stat
   * @return true to send the call again with what {@link #protect} then returns, for which the
   *     credential is established again unless that has already happened
   */
  default boolean renew(CallProtection rejected, int authStat) {
    return false;
  }

  /**
   * Returns the maximum number of bytes that authentication adds to a call: the credential, the
   * verifier and the transformation of the arguments. By default these are two bodies of the
   * maximum length (RFC 5531 section 8.2) and no transformation.
   */
  default int callOverheadBytesMax() {
    return 2 * (FLAVOR_AND_LENGTH_BYTES + AUTH_BYTES_MAX);
  }

  /**
   * Returns the maximum number of bytes that authentication adds to a reply: the verifier and the
   * transformation of the results. By default that is a body of the maximum length and no
   * transformation.
   */
  default int replyOverheadBytesMax() {
    return FLAVOR_AND_LENGTH_BYTES + AUTH_BYTES_MAX;
  }

  /** AUTH_NONE: an anonymous caller. */
  record None() implements Credential {
    private static final None INSTANCE = new None();
    private static final CallProtection PLAIN = PlainProtection::writeNone;

    @Override
    public int flavor() {
      return (int) Rpc.AUTH_NONE;
    }

    @Override
    public String name() {
      return "nobody";
    }

    @Override
    public CallProtection protect(RpcPeer peer) {
      return PLAIN;
    }

    @Override
    public int callOverheadBytesMax() {
      return 2 * FLAVOR_AND_LENGTH_BYTES;
    }

    @Override
    public int replyOverheadBytesMax() {
      return FLAVOR_AND_LENGTH_BYTES;
    }
  }

  /**
   * AUTH_SYS: a user and groups that the caller claims without proof (RFC 5531 appendix A).
   *
   * @param stamp an arbitrary number
   * @param machineName the caller's host, at most 255 bytes
   * @param uid effective user, 0..2^32-1
   * @param gid effective group, 0..2^32-1
   * @param gids further groups, at most 16
   */
  record Sys(long stamp, Opaque machineName, long uid, long gid, List<Long> gids)
      implements Credential, CallProtection {

    /** The maximum number of supplementary groups. */
    public static final int GIDS_MAX = 16;

    /** The maximum length of a machine name, in bytes. */
    public static final int MACHINE_NAME_BYTES_MAX = 255;

    public Sys {
      gids = List.copyOf(gids);
      if (gids.size() > GIDS_MAX || machineName.size() > MACHINE_NAME_BYTES_MAX) {
        throw new IllegalArgumentException(
            "AUTH_SYS carries at most 16 groups and 255 bytes of machine name");
      }
    }

    @Override
    public int flavor() {
      return (int) Rpc.AUTH_SYS;
    }

    @Override
    public String name() {
      return Long.toString(uid);
    }

    @Override
    public CallProtection protect(RpcPeer peer) {
      return this;
    }

    @Override
    public int callOverheadBytesMax() {
      return 2 * FLAVOR_AND_LENGTH_BYTES + bodyBytes();
    }

    @Override
    public int replyOverheadBytesMax() {
      return FLAVOR_AND_LENGTH_BYTES;
    }

    private int bodyBytes() {
      return 20 + (machineName.size() + 3 & ~3) + 4 * gids.size();
    }

    @Override
    public void writeCredential(XdrWriter out) {
      out.writeInt((int) Rpc.AUTH_SYS);
      out.writeInt(bodyBytes());
      out.writeUint32(stamp);
      out.writeOpaque(machineName, MACHINE_NAME_BYTES_MAX);
      out.writeUint32(uid);
      out.writeUint32(gid);
      out.writeInt(gids.size());
      for (int i = 0; i < gids.size(); i++) {
        out.writeUint32(gids.get(i));
      }
    }
  }
}
