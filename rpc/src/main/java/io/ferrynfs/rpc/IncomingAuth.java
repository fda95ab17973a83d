package io.ferrynfs.rpc;

import io.ferrynfs.rpc.auth.AuthConnection;
import io.ferrynfs.rpc.auth.AuthFlavors;
import io.ferrynfs.rpc.auth.AuthVerdict;
import io.ferrynfs.rpc.auth.Authenticator;
import io.ferrynfs.rpc.auth.CallHeader;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks the framing of incoming headers and passes them to the authenticators of one connection.
 * Used by the connection's thread only.
 */
final class IncomingAuth {
  /** The offset of the credential's flavor in a call. */
  private static final int CREDENTIAL_AT = 24;

  private final Map<Integer, Authenticator> authenticators;

  IncomingAuth(AuthFlavors flavors, AuthConnection connection) {
    this.authenticators = flavors.authenticators(connection);
  }

  /**
   * Verifies a call and moves the buffer's position to its arguments.
   *
   * @return null if the header is malformed
   */
  @Nullable AuthVerdict verify(ByteBuffer call) {
    if (call.limit() < CREDENTIAL_AT + 16) {
      return null;
    }
    int length = call.getInt(CREDENTIAL_AT + 4);
    int body = CREDENTIAL_AT + 8;
    if (length < 0 || length > RpcHeader.AUTH_BYTES_MAX) {
      // RFC 5531 section 8.2 limits it. The offset of the arguments does not matter here.
      return AuthVerdict.Rejected.BADCRED;
    }
    int verifier = body + (length + 3 & ~3);
    if (verifier + 8 > call.limit()) {
      return null;
    }
    int verifierLength = call.getInt(verifier + 4);
    if (verifierLength < 0 || verifierLength > RpcHeader.AUTH_BYTES_MAX) {
      return AuthVerdict.Rejected.BADVERF;
    }
    int arguments = verifier + 8 + (verifierLength + 3 & ~3);
    if (arguments > call.limit()) {
      return null;
    }
    Authenticator authenticator = authenticators.get(call.getInt(CREDENTIAL_AT));
    if (authenticator == null) {
      return AuthVerdict.Rejected.BADCRED;
    }
    call.position(arguments);
    return authenticator.verify(
        new CallHeader(call, body, length, verifier + 8, verifierLength, arguments));
  }
}
