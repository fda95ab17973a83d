package io.ferrynfs.server.state;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The delegations of one file and the changes that are under way in it. The file guards it. */
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
   * Those that a change by this client breaks. A client knows of what it does itself, and its own
   * delegation tells it nothing about that (section 10.4.4; Linux' server does the same).
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
