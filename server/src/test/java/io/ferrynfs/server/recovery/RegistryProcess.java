package io.ferrynfs.server.recovery;

import io.ferrynfs.server.ClientKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process that writes to a registry until it is killed, and prints each step after it is written.
 */
final class RegistryProcess {
  private static final int KEPT = 7;

  private RegistryProcess() {}

  /** Returns the content of the registry after a step: the most recent clients. */
  static Map<ClientKey, Integer> after(int step) {
    Map<ClientKey, Integer> clients = new HashMap<>();
    for (int i = Math.max(0, step - KEPT + 1); i <= step; i++) {
      clients.put(StoredClientRegistryTest.client(i), i + 1);
    }
    return clients;
  }

  /**
   * Writes to the registry.
   *
   * @param arguments the file, and the first step
   */
  public static void main(String[] arguments) throws IOException {
    try (StoredClientRegistry registry = StoredClientRegistry.open(Path.of(arguments[0]))) {
      for (int step = Integer.parseInt(arguments[1]); ; step++) {
        Map<ClientKey, @Nullable Integer> change = new HashMap<>();
        change.put(StoredClientRegistryTest.client(step), step + 1);
        change.put(StoredClientRegistryTest.client(step - KEPT), null);
        registry.write(change);
        System.out.println(step);
      }
    }
  }
}
