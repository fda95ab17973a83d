package io.ferrynfs.client.copy;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.wire.nfs4.Verifier4;
import org.jspecify.annotations.Nullable;

/**
 * The verifiers of the unstable parts of a copy. The copy is durable if all of them are the one
 * that COMMIT returns (RFC 8881 section 18.3.3, B-014, D-003). Safe for use by several threads.
 */
final class CopyDurability {

  @GuardedBy("this")
  private @Nullable Verifier4 verifier;

  @GuardedBy("this")
  private boolean mixed;

  synchronized void unstable(Verifier4 answered) {
    mixed |= verifier != null && !verifier.equals(answered);
    verifier = answered;
  }

  synchronized boolean needsCommit() {
    return verifier != null;
  }

  synchronized boolean confirmedBy(Verifier4 committed) {
    return !mixed && committed.equals(verifier);
  }
}
