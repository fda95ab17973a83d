package ferry.server.operation;

import ferry.server.status.Refused;
import ferry.wire.nfs4.ExchangeId4Args;
import ferry.wire.nfs4.ExchangeId4Res;

/** RFC 5661 section 18.35: EXCHANGE_ID. */
final class ExchangeId implements Operation<ExchangeId4Args, ExchangeId4Res> {
  @Override
  public ExchangeId4Res execute(ExchangeId4Args args, CompoundContext c) throws Refused {
    RequestInfo request = c.request();
    return new ExchangeId4Res.Ok(
        c.services().clients().exchangeId(args, request.principal(), request.minorVersion()));
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
