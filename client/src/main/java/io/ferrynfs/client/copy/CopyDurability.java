package io.ferrynfs.client.copy;

import io.ferrynfs.wire.nfs4.Verifier4;
import org.jspecify.annotations.Nullable;

/**
 * Under which verifiers the parts of a copy were answered UNSTABLE4. Only when all were the one
 * that COMMIT then answers is the copy durable (RFC 8881 section 18.3.3, copy-conformance B-014,
 * D-003). Safe for threads.
 */
final class CopyDurability {

  private @Nullable Verifier4 verifier;
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
