package ferry.server.operation;

import ferry.server.export.FileRef;
import ferry.server.status.Refused;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Secinfo4Res;
import ferry.wire.nfs4.SecinfoStyle4;

/** RFC 5661 section 18.45: SECINFO_NO_NAME. It consumes the current filehandle. */
final class SecinfoNoName implements Operation<SecinfoStyle4, Secinfo4Res> {
  @Override
  public Secinfo4Res execute(SecinfoStyle4 style, CompoundContext c)
      throws Refused, StorageException {
    FileRef current = c.current();
    FileRef meant =
        style == SecinfoStyle4.SECINFO_STYLE4_PARENT
            ? c.exports().parent(current, c.caller())
            : current;
    c.consumeCurrent();
    return new Secinfo4Res.Ok(Secinfo.flavors(meant));
  }
}
