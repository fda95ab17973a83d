package ferry.client.file;

import ferry.wire.nfs4.Fsid4;
import ferry.wire.nfs4.NfsOpnum4;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The operations a server has said it does not support, by file system: one export's refusal says
 * nothing about another, one operation's nothing about another (copy-conformance C-046, lesson
 * B45).
 */
public final class Refusals {

  private static final int REMEMBERED_MAX = 4096;

  private record Refusal(NfsOpnum4 operation, Fsid4 fileSystem) {}

  private final Set<Refusal> known = ConcurrentHashMap.newKeySet();

  public boolean isRefused(NfsOpnum4 operation, Fsid4 fileSystem) {
    return known.contains(new Refusal(operation, fileSystem));
  }

  public void refused(NfsOpnum4 operation, Fsid4 fileSystem) {
    if (known.size() < REMEMBERED_MAX) {
      known.add(new Refusal(operation, fileSystem));
    }
  }
}
