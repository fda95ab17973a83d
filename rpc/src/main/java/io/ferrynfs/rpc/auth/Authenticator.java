package io.ferrynfs.rpc.auth;

/**
 * Verifies the incoming calls of one flavor on one connection. Runs on the connection's thread and
 * must not block.
 */
@FunctionalInterface
public interface Authenticator {

  /**
   * Verifies the credential and the verifier of a call.
   *
   * @param call the buffers of which are valid until the call has been answered
   */
  AuthVerdict verify(CallHeader call);

  /** Makes the authenticators of one flavor. */
  @FunctionalInterface
  interface Factory {

    /** Returns the authenticator of a new connection. */
    Authenticator create(AuthConnection connection);
  }
}
