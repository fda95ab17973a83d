package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.AsyncOperation;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.RequestInfo;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import java.util.concurrent.CompletableFuture;

/**
 * The EXCHANGE_ID operation (RFC 8881 section 18.35). For a restarted client the reply is sent when
 * the operations of its former incarnation have ended (RFC 7862 section 14.1).
 */
final class ExchangeId implements AsyncOperation<ExchangeId4Args, ExchangeId4Res> {
  @Override
  public CompletableFuture<ExchangeId4Res> begin(ExchangeId4Args args, CompoundContext c)
      throws NfsStatusException {
    RequestInfo request = c.request();
    return c.services()
        .clients()
        .exchangeId(args, request.principal(), request.minorVersion(), c.slotIfAny());
  }

  @Override
  public boolean changesState() {
    return true;
  }

  /** The result has two identifiers of up to 1024 bytes each. */
  @Override
  public int replyBytesMax(ExchangeId4Args args) {
    return 256;
  }
}
