package io.ferrynfs.client.session;

/** Which calls may go. */
enum CallGate {
  /** None: there is no session on a connection. */
  SHUT,
  /** Those that get opens back. */
  RECOVERY_ONLY,
  /** All. */
  OPEN
}
