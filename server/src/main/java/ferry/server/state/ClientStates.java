package ferry.server.state;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one client holds. A leaf in the order of locks: its monitor is taken under a {@link
 * FileState}'s, never the other way round.
 */
final class ClientStates {
  private final Set<StateEntry> entries = new HashSet<>();
  private boolean gone;

  /** Outcome of {@link #add}. */
  enum Added {
    OK,
    FULL,
    GONE
  }

  synchronized Added add(StateEntry entry, int entriesMax) {
    if (gone) {
      return Added.GONE;
    }
    if (entries.size() >= entriesMax) {
      return Added.FULL;
    }
    entries.add(entry);
    return Added.OK;
  }

  synchronized void remove(StateEntry entry) {
    entries.remove(entry);
  }

  synchronized boolean holdsClient() {
    return entries.stream().anyMatch(StateEntry::holdsClient);
  }

  /** Nothing is added any more; what is there is to be removed by the caller. */
  synchronized List<StateEntry> end() {
    gone = true;
    return new ArrayList<>(entries);
  }
}
