package io.ferrynfs.rpc.auth;

import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * AUTH_SYS (RFC 5531 appendix A): believes the caller.
 *
 * <p>Most calls of a connection carry the credential of the call before. The bytes are compared, so
 * that such a call costs no new objects.
 */
final class SysAuthenticator implements Authenticator {
  private @Nullable ByteBuffer lastBytes;
  private AuthVerdict last = AuthVerdict.Rejected.BADCRED;

  @Override
  public AuthVerdict verify(CallHeader call) {
    if (!NoneAuthenticator.hasNoVerifier(call)) {
      return AuthVerdict.Rejected.BADVERF;
    }
    ByteBuffer message = call.message();
    int body = call.credentialAt();
    int length = call.credentialBytes();
    if (isLast(message, body, length)) {
      return last;
    }
    try {
      Credential.Sys caller = decode(new XdrReader(message.slice(body, length)));
      last = new AuthVerdict.Accepted(new PlainProtection(caller));
      lastBytes = ByteBuffer.allocate(length).put(0, message, body, length);
      return last;
    } catch (XdrException e) {
      return AuthVerdict.Rejected.BADCRED;
    }
  }

  private boolean isLast(ByteBuffer message, int body, int length) {
    ByteBuffer known = lastBytes;
    if (known == null || known.limit() != length) {
      return false;
    }
    // The length of a body that was decoded is a multiple of four.
    for (int i = 0; i < length; i += 4) {
      if (known.getInt(i) != message.getInt(body + i)) {
        return false;
      }
    }
    return true;
  }

  private static Credential.Sys decode(XdrReader in) throws XdrException {
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
}
