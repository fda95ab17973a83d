package io.ferrynfs.server.state;

import java.util.Set;
import java.util.function.LongToIntFunction;

/**
 * Clients whose lease has run out, and that keep what they hold while nobody else wants it (RFC RFC
 * 8881 section 8.3 leaves that to the server).
 *
 * <p>Whoever meets an open, a lock or a delegation of other clients asks here before it refuses,
 * under no lock.
 */
public interface Courtesy {
  /** Where nobody gives way. */
  Courtesy NONE = holders -> Answer.NO;

  /** What became of the holders. */
  enum Answer {
    /** At least one of them has a lease, and none has given up anything. */
    NO,
    /** All have been ended, and what they held goes as soon as that is durable: try later. */
    SOON,
    /** What they held is gone: try again now. */
    NOW
  }

  /**
   * Has these clients give way, all or none.
   *
   * @param holders the clientids of those that are met; none but known ones
   */
  Answer giveWay(Set<Long> holders);

  /**
   * Has the client give way whose lease ran out first, of those that have files open.
   *
   * @param asking the clientid of a client that cannot open another file
   * @param files how many a client has open, by its clientid
   */
  default Answer giveWayForFiles(long asking, LongToIntFunction files) {
    return Answer.NO;
  }
}
