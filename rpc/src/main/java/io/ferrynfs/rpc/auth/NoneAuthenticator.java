package io.ferrynfs.rpc.auth;

import io.ferrynfs.wire.rpc.Rpc;

/** AUTH_NONE: accepts every caller as anonymous. */
final class NoneAuthenticator implements Authenticator {
  private static final AuthVerdict ACCEPTED =
      new AuthVerdict.Accepted(new PlainProtection(Credential.none()));

  @Override
  public AuthVerdict verify(CallHeader call) {
    return hasNoVerifier(call) ? ACCEPTED : AuthVerdict.Rejected.BADVERF;
  }

  /** RFC 5531 section 8.2 and appendix A: the verifier of AUTH_NONE and AUTH_SYS is AUTH_NONE. */
  static boolean hasNoVerifier(CallHeader call) {
    return call.verifierFlavor() == (int) Rpc.AUTH_NONE && call.verifierBytes() == 0;
  }
}
