package io.ferrynfs.server.dispatch;

import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.server.operation.CompoundContext;
import io.ferrynfs.server.operation.OperationTable;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs every operation at DEBUG: peer, user, operation, status, microseconds. */
public final class AccessLog {
  private AccessLog() {}

  /** The same operations, logged; for {@code NfsServer.Builder.decorate}. */
  public static OperationTable of(OperationTable operations, Logger log) {
    return operations.decorated((number, entry) -> new Logged(number, entry, log));
  }

  private static final class Logged extends Decorator {
    private final Logger log;

    Logged(NfsOpnum4 number, OperationTable.Entry inner, Logger log) {
      super(number, inner);
      this.log = log;
    }

    @Override
    long nanoTime(CompoundContext c) {
      return c.services().env().ticker().nanoTime();
    }

    @Override
    void executed(Execution execution, CompoundContext c) {
      log.log(
          Level.DEBUG,
          () ->
              "%s uid %d %s %s %d us"
                  .formatted(
                      HostText.of(c.request().connection().peerAddress()),
                      c.request().principal().uid(),
                      execution.operation(),
                      execution.status(),
                      execution.nanos() / 1000));
    }
  }
}
