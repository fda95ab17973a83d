package io.ferrynfs.server.state;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.Set;
import java.util.function.LongToIntFunction;

/**
 * Operations that meet what other clients hold. Those whose lease has run out give way (see {@link
 * Courtesy}), which is asked for under no lock, so that the operation is done once more after that.
 */
final class ConflictResolver {
  private final StateTable table;
  private volatile Courtesy courtesy = Courtesy.NONE;

  ConflictResolver(StateTable table) {
    this.table = table;
  }

  /** What may meet others' state, under a lock that it takes itself. */
  @FunctionalInterface
  interface Meeting<T> {
    T run(DeferredWork after) throws NfsStatusException;
  }

  void setCourtesy(Courtesy decider) {
    courtesy = decider;
  }

  /**
   * Does it again while all whom it meets give way. Called under no lock.
   *
   * @throws NfsStatusException NFS4ERR_DELAY when they are about to; or what it was refused with
   */
  <T> T run(Meeting<T> meeting) throws NfsStatusException {
    boolean firm = false;
    while (true) {
      DeferredWork after = new DeferredWork(table, firm);
      try (after) {
        return meeting.run(after);
      } catch (NfsStatusException refused) {
        if (after.met().isEmpty()) {
          throw refused;
        }
      }
      firm = !giveWay(after.met());
    }
  }

  /**
   * Whether a client has given up the files that it had open, so that another may open one.
   *
   * @throws NfsStatusException NFS4ERR_DELAY when one is about to
   */
  boolean giveWayForFiles(long asking, LongToIntFunction files) throws NfsStatusException {
    return hasGivenWay(courtesy.giveWayForFiles(asking, files));
  }

  /**
   * Whether these clients have given way. Called under no lock.
   *
   * @throws NfsStatusException NFS4ERR_DELAY when they are about to
   */
  boolean giveWay(Set<Long> met) throws NfsStatusException {
    return hasGivenWay(courtesy.giveWay(met));
  }

  private static boolean hasGivenWay(Courtesy.Answer answer) throws NfsStatusException {
    return switch (answer) {
      case NO -> false;
      case SOON -> throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
      case NOW -> true;
    };
  }
}
