package io.ferrynfs.server.recovery;

import io.ferrynfs.server.ClientKey;
import io.ferrynfs.server.ClientRegistry;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A registry that fails when the test says so. */
final class FailingRegistry implements ClientRegistry {
  private final MemoryClientRegistry kept = new MemoryClientRegistry();
  boolean broken;
  boolean stuck;

  @Override
  public Map<ClientKey, Integer> load() {
    return kept.load();
  }

  @Override
  public void write(Map<ClientKey, @Nullable Integer> changes) throws IOException {
    if (broken) {
      throw new IOException("no space left on device");
    }
    kept.write(changes);
  }

  @Override
  public void begin() throws IOException {
    if (broken) {
      throw new IOException("no space left on device");
    }
    kept.begin();
  }

  @Override
  public void discard() throws IOException {
    if (stuck) {
      throw new IOException("read-only file system");
    }
    kept.discard();
  }
}
