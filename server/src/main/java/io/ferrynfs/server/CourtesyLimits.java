package io.ferrynfs.server;

/**
 * How far the courtesy to clients goes whose lease has run out: they keep what they hold until
 * somebody else wants it, or until one of these bounds is met. What they come back to then is a
 * server that does not know them.
 *
 * @param seconds how long after the end of the lease; 0 for no courtesy at all
 * @param clientsMax clients that are kept so; beyond, those that are silent the longest go
 * @param stateidsPerClientMax opens, locks and delegations; a client with more goes when its lease
 *     ends, for one that is dead would cost too much
 * @param stateidsMax the same of all that are kept; beyond, those that are silent the longest go
 */
public record CourtesyLimits(
    int seconds, int clientsMax, int stateidsPerClientMax, int stateidsMax) {
  private static final int DAY = 24 * 60 * 60;

  /** A day, as Linux' server has it. */
  public static CourtesyLimits defaults() {
    return new CourtesyLimits(DAY, 1024, 4096, 65_536);
  }

  /** No courtesy: what a client holds goes when its lease ends. */
  public static CourtesyLimits none() {
    return new CourtesyLimits(0, 0, 0, 0);
  }

  /** The same for another time. */
  public CourtesyLimits withSeconds(int time) {
    return new CourtesyLimits(time, clientsMax, stateidsPerClientMax, stateidsMax);
  }

  /** The same with another number of clients. */
  public CourtesyLimits withClientsMax(int clients) {
    return new CourtesyLimits(seconds, clients, stateidsPerClientMax, stateidsMax);
  }

  /** The same with other numbers of stateids: of one client, of all. */
  public CourtesyLimits withStateids(int perClient, int all) {
    return new CourtesyLimits(seconds, clientsMax, perClient, all);
  }
}
