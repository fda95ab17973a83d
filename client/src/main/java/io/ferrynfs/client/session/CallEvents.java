package io.ferrynfs.client.session;

/** What the queue finds out and others must act on. Called without the lock. */
interface CallEvents {
  /** The session is unknown to the server, or out of step with it: make another. */
  void sessionLost(SessionConnection connection, String why);

  /** The server wants this connection bound to the session first. */
  void notBound(SessionConnection connection);

  /** sr_status_flags of a reply. */
  void statusFlags(long flags);
}
