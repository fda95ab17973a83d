package io.ferrynfs.server.state;

/**
 * What is left of a stateid that was revoked, until the client frees it or goes. It takes the place
 * of the stateid in the client's bounded number, so that these are as many as those at most.
 */
final class RevokedState extends StateEntry {
  private final Revocation why;

  RevokedState(StateEntry was, Revocation why) {
    super(was.clientid(), was.file(), was.other());
    this.why = why;
  }

  Revocation why() {
    return why;
  }

  @Override
  Kind kind() {
    return Kind.REVOKED;
  }

  @Override
  boolean holdsClient() {
    return false;
  }

  /** The file does not know it any more. */
  @Override
  void detach() {}

  @Override
  void release() {}
}
