package ferry.client.file;

import ferry.client.session.Compound;
import ferry.client.session.ServerSession;
import ferry.wire.nfs4.Delegreturn4Args;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.NfsFh4;
import ferry.wire.nfs4.OpenDelegation4;
import ferry.wire.nfs4.Stateid4;

/** Delegations are never asked for; one that is given all the same goes back at once. */
public final class Delegations {

  private Delegations() {}

  static void giveBack(ServerSession session, NfsFh4 file, OpenDelegation4 delegation) {
    switch (delegation) {
      case OpenDelegation4.Read(var read) -> giveBack(session, file, read.stateid());
      case OpenDelegation4.Write(var write) -> giveBack(session, file, write.stateid());
      case OpenDelegation4.None none -> {}
      case OpenDelegation4.NoneExt none -> {}
    }
  }

  /** DELEGRETURN (RFC 5661 section 18.6) in the background. */
  public static void giveBack(ServerSession session, NfsFh4 file, Stateid4 delegation) {
    var _ =
        session.attempt(
            Compound.of(Ops.put(file))
                .once(new NfsArgop4.Delegreturn(new Delegreturn4Args(delegation)))
                .build());
  }
}
