package io.ferrynfs.server.compound;

import io.ferrynfs.wire.nfs4.NfsOpnum4;
import org.jspecify.annotations.Nullable;

/** The operations that follow the current one in the COMPOUND. */
public interface LookAhead {

  /**
   * Returns whether the current filehandle becomes, by SAVEFH, the source of a COPY with source
   * servers and has no other use. This method reads the rest of the request.
   */
  boolean isForCopyBetweenServers();

  /** Returns the next operation, or null if this is the last one. */
  @Nullable NfsOpnum4 nextOperation();
}
