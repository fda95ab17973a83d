package io.ferrynfs.server.state;

/**
 * The trace of a revoked stateid, which exists until the client frees it or is removed. It counts
 * toward the client's limit of stateids like the stateid that it replaces.
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

  /** Does nothing, because the file has no reference to a trace. */
  @Override
  void detach() {}

  @Override
  void release() {}
}
