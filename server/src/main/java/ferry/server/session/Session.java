package ferry.server.session;

/** A session (RFC 5661 2.10). */
public final class Session {
  private final Client client;

  Session(Client client) {
    this.client = client;
  }

  /** Whose session it is. */
  public Client client() {
    return client;
  }
}
