package io.ferrynfs.rpc;

import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the credential and verifier of calls on one connection. Most calls have the credential of
 * the call before; it is recognized by its bytes and not made again.
 */
final class CredentialReader {
  /** Where the credential's flavor is in a call. */
  private static final int CREDENTIAL_AT = 24;

  private @Nullable ByteBuffer lastBytes;
  private Accepted last = Accepted.NOBODY;

  /** What became of it. */
  sealed interface Outcome {}

  /** The credential is good; the buffer's position is that of the arguments. */
  record Accepted(Credential credential) implements Outcome {
    static final Accepted NOBODY = new Accepted(Credential.NONE);
  }

  /** The call is to be answered so. */
  record Refused(RpcReject why) implements Outcome {}

  /** There is no telling what the call is. */
  record Malformed() implements Outcome {
    static final Malformed IT = new Malformed();
  }

  /** Reads them and moves the buffer's position behind them. */
  Outcome read(ByteBuffer call) {
    if (call.limit() < CREDENTIAL_AT + 16) {
      return Malformed.IT;
    }
    int flavor = call.getInt(CREDENTIAL_AT);
    int length = call.getInt(CREDENTIAL_AT + 4);
    int body = CREDENTIAL_AT + 8;
    if (length < 0 || length > RpcHeader.AUTH_BYTES_MAX) {
      // RFC 5531 section 8.2 bounds it. Where the arguments begin makes no difference then.
      return new Refused(RpcReject.AUTH_BADCRED);
    }
    int verifier = body + (length + 3 & ~3);
    if (verifier + 8 > call.limit()) {
      return Malformed.IT;
    }
    int verifierFlavor = call.getInt(verifier);
    int verifierLength = call.getInt(verifier + 4);
    if (verifierLength < 0 || verifierLength > RpcHeader.AUTH_BYTES_MAX) {
      return new Refused(RpcReject.AUTH_BADVERF);
    }
    if (verifier + 8 + (verifierLength + 3 & ~3) > call.limit()) {
      return Malformed.IT;
    }
    if (flavor != RpcHeader.AUTH_NONE && flavor != RpcHeader.AUTH_SYS) {
      return new Refused(RpcReject.AUTH_BADCRED);
    }
    // RFC 5531 section 8.2 and appendix A: the verifier beside either flavor is AUTH_NONE.
    if (verifierFlavor != RpcHeader.AUTH_NONE || verifierLength != 0) {
      return new Refused(RpcReject.AUTH_BADVERF);
    }
    call.position(verifier + 8);
    return flavor == RpcHeader.AUTH_NONE ? Accepted.NOBODY : readSys(call, body, length);
  }

  private Outcome readSys(ByteBuffer call, int body, int length) {
    if (isLast(call, body, length)) {
      return last;
    }
    try {
      last = new Accepted(RpcHeader.readSys(new XdrReader(call.slice(body, length))));
      lastBytes = ByteBuffer.allocate(length).put(0, call, body, length);
      return last;
    } catch (XdrException e) {
      return new Refused(RpcReject.AUTH_BADCRED);
    }
  }

  private boolean isLast(ByteBuffer call, int body, int length) {
    ByteBuffer known = lastBytes;
    if (known == null || known.limit() != length) {
      return false;
    }
    // A body that was read successfully is whole words.
    for (int i = 0; i < length; i += 4) {
      if (known.getInt(i) != call.getInt(body + i)) {
        return false;
      }
    }
    return true;
  }
}
