package io.ferrynfs.server.operation;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import java.util.concurrent.CompletableFuture;

/**
 * RFC 8881 section 18.35: EXCHANGE_ID. A client that has restarted is answered when what its
 * earlier self had in progress has ended (RFC 7862 section 14.1).
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

  /** Two identifiers of up to 1024 bytes each. */
  @Override
  public int replyBytesMax(ExchangeId4Args args) {
    return 256;
  }
}
