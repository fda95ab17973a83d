package io.ferrynfs.server.state;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.function.LongToIntFunction;

/**
 * Resolves conflicts with courtesy clients: it expires the clients that hold conflicting state and
 * runs the operation again. It asks {@link CourtesyClients} under no lock.
 */
final class ConflictResolver {
  private final StateRegistry registry;
  private volatile CourtesyClients courtesy = CourtesyClients.NONE;

  ConflictResolver(StateRegistry registry) {
    this.registry = registry;
  }

  /**
   * An operation that may conflict with state of other clients. It takes the file's lock itself.
   */
  @FunctionalInterface
  interface Attempt<T> {
    T run(DeferredWork work) throws NfsStatusException;
  }

  void setCourtesy(CourtesyClients clients) {
    courtesy = clients;
  }

  /**
   * Runs an attempt. Runs it again while it fails by conflicts with courtesy clients only and these
   * expire. Called under no lock.
   *
   * @throws NfsStatusException the status of the attempt; NFS4ERR_DELAY while conflicting clients
   *     expire
   */
  <T> T run(Attempt<T> attempt) throws NfsStatusException {
    boolean isFinal = false;
    while (true) {
      DeferredWork work = new DeferredWork(registry, isFinal);
      try (work) {
        return attempt.run(work);
      } catch (NfsStatusException e) {
        if (work.conflicting().isEmpty()) {
          throw e;
        }
      }
      isFinal = !hasExpired(courtesy.expire(work.conflicting()));
    }
  }

  /**
   * Expires a courtesy client that has files open, so that another client can open one.
   *
   * @param clientid the client that opens a file
   * @param files returns the number of open files of a client
   * @return false if there is no such client
   * @throws NfsStatusException NFS4ERR_DELAY while a client expires
   */
  boolean expireForFiles(long clientid, LongToIntFunction files) throws NfsStatusException {
    return hasExpired(courtesy.expireForFiles(clientid, files));
  }

  private static boolean hasExpired(CourtesyClients.Outcome outcome) throws NfsStatusException {
    return switch (outcome) {
      case ACTIVE -> false;
      case PENDING -> throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
      case EXPIRED -> true;
    };
  }
}
