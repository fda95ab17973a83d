package io.ferrynfs.server.operation;

import io.ferrynfs.wire.nfs4.NfsOpnum4;
import org.jspecify.annotations.Nullable;

/** What an operation can find out about those that follow it in the COMPOUND. */
public interface LookAhead {

  /**
   * Whether the current filehandle is, by way of SAVEFH, the source of a COPY with source servers,
   * and of no use to anything else. Looks through the rest of the request.
   */
  boolean isForCopyBetweenServers();

  /** The operation after this one, or null when this is the last. */
  @Nullable NfsOpnum4 nextOperation();
}
