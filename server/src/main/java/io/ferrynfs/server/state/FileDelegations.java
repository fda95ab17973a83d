package io.ferrynfs.server.state;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The delegations of one file and the number of changes in progress. The {@link FileState} guards
 * it.
 */
final class FileDelegations {
  private final Map<Long, DelegationState> byClient = new HashMap<>();
  private int changes;

  boolean isIdle() {
    return byClient.isEmpty() && changes == 0;
  }

  @Nullable DelegationState find(long clientid) {
    return byClient.get(clientid);
  }

  /**
   * Returns the delegations that a change by this client breaks. Its own delegation is not one of
   * them, because the client knows its own changes (RFC 8881 section 10.4.4; the Linux server does
   * the same).
   */
  List<DelegationState> ofOthers(long clientid) {
    return byClient.values().stream().filter(held -> held.clientid() != clientid).toList();
  }

  void add(DelegationState delegation) {
    byClient.put(delegation.clientid(), delegation);
  }

  void remove(DelegationState delegation) {
    byClient.remove(delegation.clientid(), delegation);
  }

  boolean isChanging() {
    return changes > 0;
  }

  void beginChange() {
    changes++;
  }

  void endChange() {
    changes--;
  }
}
