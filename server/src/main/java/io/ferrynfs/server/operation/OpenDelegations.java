package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.ShareModes;
import io.ferrynfs.server.session.DelegationRecall;
import io.ferrynfs.server.state.DelegationGrant;
import io.ferrynfs.server.state.DelegationOffer;
import io.ferrynfs.server.state.DelegationOffer.Terms;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsace4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Args;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.OpenDelegationType4;
import io.ferrynfs.wire.nfs4.OpenNoneDelegation4;
import io.ferrynfs.wire.nfs4.OpenReadDelegation4;
import io.ferrynfs.wire.nfs4.Openflag4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.WhyNoDelegation4;
import io.ferrynfs.wire.xdr.Opaque;
import org.jspecify.annotations.Nullable;

/**
 * The delegations that OPEN grants (RFC 8881 sections 10.4 and 18.16.3). The server grants read
 * delegations only, to clients that open a file for reading. It grants none to writers because they
 * would soon conflict with each other.
 */
final class OpenDelegations {
  /**
   * The ACE lets no user open the file under the delegation without ACCESS. Linux clients send
   * ACCESS anyway.
   */
  private static final Nfsace4 ACE_WITHOUT_ACCESS =
      new Nfsace4(Nfs4.ACE4_ACCESS_ALLOWED_ACE_TYPE, 0, 0, Opaque.ofUtf8("EVERYONE@"));

  private OpenDelegations() {}

  /** Returns the delegation to offer for this OPEN, or null. */
  static @Nullable DelegationOffer offer(
      Open4Args args, CompoundContext c, FileRef file, ShareModes modes, boolean truncates)
      throws NfsStatusException {
    boolean isReachable = c.client().callbacks().hasPath();
    Terms terms =
        switch (args.claim()) {
          case OpenClaim4.Null _, OpenClaim4.Fh _ ->
              isReachable && !truncates && modes.mayHaveDelegation() && hasRoom(c, file)
                  ? Terms.NEW
                  : null;
          case OpenClaim4.Previous(OpenDelegationType4 held) -> {
            if (held != OpenDelegationType4.OPEN_DELEGATE_READ) {
              yield null;
            }
            yield isReachable ? Terms.RECLAIMED : Terms.RECLAIMED_AND_RECALLED;
          }
          default -> null;
        };
    return terms == null
        ? null
        : new DelegationOffer(
            new DelegationRecall(
                c.client(),
                c.services().state().delegations(),
                c.services().env().timers(),
                file.wire(),
                c.reference()),
            terms);
  }

  /**
   * Returns whether another file may stay open. A delegation keeps the file open after its opens
   * have ended.
   */
  private static boolean hasRoom(CompoundContext c, FileRef file) throws NfsStatusException {
    return c.services()
        .state()
        .openFiles()
        .hasRoomForUnused(c.client().clientid(), file.volume().openFilesLeft());
  }

  /**
   * Checks an OPEN that claims a delegation of this client. It must open an existing file for
   * reading.
   *
   * @throws NfsStatusException NFS4ERR_INVAL; the error of the delegation's stateid
   */
  static void checkClaim(
      Open4Args args, CompoundContext c, FileRef file, ShareModes modes, Stateid4 stateid)
      throws NfsStatusException {
    c.services().state().delegations().check(c.client().clientid(), file.key(), c.resolve(stateid));
    if (modes.openAccess().writes() || args.openhow() instanceof Openflag4.Create) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
  }

  /**
   * Returns the delegation of the reply. A client that uses the WANT flags receives the reason if
   * there is none.
   */
  static OpenDelegation4 answer(
      CompoundContext c, FileRef file, ShareModes modes, DelegationGrant grant)
      throws NfsStatusException {
    if (grant instanceof DelegationGrant.Read(Stateid4 stateid, boolean isRecalled)) {
      return new OpenDelegation4.Read(
          new OpenReadDelegation4(stateid, isRecalled, ACE_WITHOUT_ACCESS));
    }
    if (modes.want() == Nfs4.OPEN4_SHARE_ACCESS_WANT_NO_PREFERENCE) {
      return new OpenDelegation4.None();
    }
    return new OpenDelegation4.NoneExt(reason(c, file, modes, grant));
  }

  private static OpenNoneDelegation4 reason(
      CompoundContext c, FileRef file, ShareModes modes, DelegationGrant grant)
      throws NfsStatusException {
    long want = modes.want();
    if (want == Nfs4.OPEN4_SHARE_ACCESS_WANT_NO_DELEG) {
      return new OpenNoneDelegation4.Other(WhyNoDelegation4.WND4_NOT_WANTED);
    }
    if (want == Nfs4.OPEN4_SHARE_ACCESS_WANT_CANCEL) {
      return new OpenNoneDelegation4.Other(WhyNoDelegation4.WND4_CANCELLED);
    }
    if (want == Nfs4.OPEN4_SHARE_ACCESS_WANT_WRITE_DELEG) {
      return new OpenNoneDelegation4.Other(
          c.services().state().delegations().isHeld(c.client().clientid(), file.key())
              ? WhyNoDelegation4.WND4_NOT_SUPP_UPGRADE
              : WhyNoDelegation4.WND4_WRITE_DELEG_NOT_SUPP_FTYPE);
    }
    boolean hasNoCallbackPath =
        grant == DelegationGrant.No.NOT_OFFERED && !c.client().callbacks().hasPath();
    return grant == DelegationGrant.No.RESOURCE || hasNoCallbackPath
        ? new OpenNoneDelegation4.Resource(false)
        : new OpenNoneDelegation4.Contention(false);
  }
}
