package ferry.server.session;

/** A client record: one incarnation of one client owner (RFC 5661 2.4). */
public final class Client {
  private final long clientid;

  Client(long clientid) {
    this.clientid = clientid;
  }

  /** The clientid. */
  public long clientid() {
    return clientid;
  }
}
