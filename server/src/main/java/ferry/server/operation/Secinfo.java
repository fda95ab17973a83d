package ferry.server.operation;

import ferry.server.status.Refused;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Secinfo4;
import ferry.wire.nfs4.Secinfo4Args;
import ferry.wire.nfs4.Secinfo4Res;
import ferry.wire.rpc.Rpc;
import java.util.List;

/** RFC 5661 section 18.29: SECINFO. It consumes the current filehandle (2.6.3.1.1.8). */
final class Secinfo implements Operation<Secinfo4Args, Secinfo4Res> {
  /** The flavors that every export takes, the better one first. */
  static final List<Secinfo4> FLAVORS =
      List.of(new Secinfo4.Other(Rpc.AUTH_SYS), new Secinfo4.Other(Rpc.AUTH_NONE));

  @Override
  public Secinfo4Res execute(Secinfo4Args args, CompoundContext c)
      throws Refused, StorageException {
    var _ = c.services().exports().lookup(c.current(), FileSupport.name(args.name()), c.caller());
    c.consumeCurrent();
    return new Secinfo4Res.Ok(FLAVORS);
  }
}
