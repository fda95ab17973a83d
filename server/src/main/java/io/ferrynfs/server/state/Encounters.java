package io.ferrynfs.server.state;

import io.ferrynfs.server.status.Refused;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.Set;
import java.util.function.LongToIntFunction;

/**
 * Operations that meet what other clients hold. Those whose lease has run out give way (see {@link
 * Courtesy}), which is asked for under no lock, so that the operation is done once more after that.
 */
final class Encounters {
  private final StateTable table;
  private volatile Courtesy courtesy = Courtesy.NONE;

  Encounters(StateTable table) {
    this.table = table;
  }

  /** What may meet others' state, under a lock that it takes itself. */
  @FunctionalInterface
  interface Meeting<T> {
    T run(Aftermath after) throws Refused;
  }

  void setCourtesy(Courtesy decider) {
    courtesy = decider;
  }

  /**
   * Does it again while all whom it meets give way. Called under no lock.
   *
   * @throws Refused NFS4ERR_DELAY when they are about to; or what it was refused with
   */
  <T> T run(Meeting<T> meeting) throws Refused {
    boolean firm = false;
    while (true) {
      Aftermath after = new Aftermath(table, firm);
      try (after) {
        return meeting.run(after);
      } catch (Refused refused) {
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
   * @throws Refused NFS4ERR_DELAY when one is about to
   */
  boolean giveWayForFiles(long asking, LongToIntFunction files) throws Refused {
    return hasGivenWay(courtesy.giveWayForFiles(asking, files));
  }

  /**
   * Whether these clients have given way. Called under no lock.
   *
   * @throws Refused NFS4ERR_DELAY when they are about to
   */
  boolean giveWay(Set<Long> met) throws Refused {
    return hasGivenWay(courtesy.giveWay(met));
  }

  private static boolean hasGivenWay(Courtesy.Answer answer) throws Refused {
    return switch (answer) {
      case NO -> false;
      case SOON -> throw new Refused(Nfsstat4.NFS4ERR_DELAY);
      case NOW -> true;
    };
  }
}
