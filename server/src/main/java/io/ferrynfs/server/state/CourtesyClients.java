package io.ferrynfs.server.state;

import java.util.Set;
import java.util.function.LongToIntFunction;

/**
 * The courtesy clients: their leases have expired, and they keep their state until it conflicts
 * with another client. RFC 8881 section 8.3 leaves this to the server.
 *
 * <p>An operation that conflicts with an open, a lock or a delegation asks here before it fails,
 * under no lock.
 */
public interface CourtesyClients {

  /** No courtesy clients. */
  CourtesyClients NONE = holders -> Outcome.ACTIVE;

  /** The result of an attempt to expire clients. */
  enum Outcome {
    /** At least one client has a valid lease. No client was expired. */
    ACTIVE,
    /** The clients are expired. Their state ends as soon as that is durable: retry later. */
    PENDING,
    /** The clients are expired and their state has ended: retry now. */
    EXPIRED
  }

  /**
   * Expires all of these clients, or none.
   *
   * @param holders the clientids of known clients
   */
  Outcome expire(Set<Long> holders);

  /**
   * Expires the client whose lease expired first among the courtesy clients with open files.
   *
   * @param asking the clientid of a client that cannot open another file
   * @param files returns the number of open files of a clientid
   */
  default Outcome expireForFiles(long asking, LongToIntFunction files) {
    return Outcome.ACTIVE;
  }
}
