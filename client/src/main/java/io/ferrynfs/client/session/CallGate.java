package io.ferrynfs.client.session;

/** Which calls are sent. */
enum CallGate {
  /** None, because no connection is bound to a session. */
  SHUT,
  /** The calls of recovery. */
  RECOVERY_ONLY,
  /** All calls. */
  OPEN
}
