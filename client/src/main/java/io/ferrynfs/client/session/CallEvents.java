package io.ferrynfs.client.session;

/** Events that the call queue reports, without holding its lock. */
interface CallEvents {
  /** Reports that the server does not know the session or that its slots are out of step. */
  void sessionLost(SessionConnection connection, String why);

  /** Reports NFS4ERR_CONN_NOT_BOUND_TO_SESSION on a connection. */
  void notBound(SessionConnection connection);

  /** Reports sr_status_flags of a reply. */
  void statusFlags(long flags);
}
