package io.ferrynfs.server.recovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.server.ClientKey;
import io.ferrynfs.server.ClientRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A registry in memory. It outlives a server in the same process, as in a simulation. After the end
 * of the process no client can reclaim state.
 */
public final class MemoryClientRegistry implements ClientRegistry {
  @GuardedBy("this")
  private final Map<ClientKey, Integer> clients = new LinkedHashMap<>();

  @Override
  public synchronized Map<ClientKey, Integer> load() {
    return Map.copyOf(clients);
  }

  @Override
  public synchronized void write(Map<ClientKey, @Nullable Integer> changes) {
    changes.forEach((client, leaseSeconds) -> {
      if (leaseSeconds == null) {
        clients.remove(client);
      } else {
        clients.put(client, leaseSeconds);
      }
    });
  }

  @Override
  public synchronized void discard() {
    clients.clear();
  }

  @Override
  public void begin() {}
}
