package ferry.server.operation;

/** What an operation can find out about those that follow it in the COMPOUND. */
@FunctionalInterface
public interface LookAhead {

  /**
   * Whether the current filehandle is, by way of SAVEFH, the source of a COPY with source servers,
   * and of no use to anything else. Looks through the rest of the request.
   */
  boolean isForCopyBetweenServers();
}
