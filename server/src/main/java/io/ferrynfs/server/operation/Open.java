package io.ferrynfs.server.operation;

import io.ferrynfs.server.IdMapper;
import io.ferrynfs.server.attribute.AttributeTable;
import io.ferrynfs.server.attribute.AttributeTable.Moment;
import io.ferrynfs.server.attribute.AttributeTable.Settings;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.operation.support.ShareModes;
import io.ferrynfs.server.recovery.Recovery;
import io.ferrynfs.server.state.DelegationOffer;
import io.ferrynfs.server.state.FileChange;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.state.OpenRequest;
import io.ferrynfs.server.state.OpenResult;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.ChangeInfo4;
import io.ferrynfs.wire.nfs4.Createhow4;
import io.ferrynfs.wire.nfs4.Creatverfattr;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Args;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Open4Resok;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.Openflag4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;

/**
 * The OPEN operation (RFC 8881 section 18.16).
 *
 * <p>The volume opens or creates the file first. Then the state table checks share reservations.
 * UNCHECKED4 truncates an existing file only after this check, so that a failed OPEN destroys no
 * data.
 */
final class Open implements NfsOperation<Open4Args, Open4Res> {

  /**
   * The attributes in which a volume may store the verifier of an exclusive create. The reply names
   * them, and the client sets them after the OPEN (RFC 8881 section 18.16.4).
   */
  private static final Bitmap4 VERIFIER_ATTRIBUTES =
      Bitmap4.of(Attrs.TIME_ACCESS_SET.number(), Attrs.TIME_MODIFY_SET.number());

  /** The same flags as those of the Linux server. An unlinked file does not survive a restart. */
  private static final long RESULT_FLAGS =
      Nfs4.OPEN4_RESULT_LOCKTYPE_POSIX | Nfs4.OPEN4_RESULT_MAY_NOTIFY_LOCK;

  /** A file that the volume has opened and that the state table does not have yet. */
  private record Candidate(
      FileRef ref, OpenFile file, ChangeInfo4 directory, Bitmap4 set, boolean truncate) {}

  @Override
  public Open4Res execute(Open4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    ShareModes modes = ShareModes.of(args.shareAccess(), args.shareDeny());
    checkClaim(args);
    if (args.claim() instanceof OpenClaim4.Previous) {
      return reclaim(args, c, modes);
    }
    if (args.claim() instanceof OpenClaim4.DelegateCur
        || args.claim() instanceof OpenClaim4.DelegCurFh) {
      // The holder of a delegation conflicts with no reclaim, so the open need not wait (RFC 8881
      // section 18.16.3).
      return open(args, c, modes);
    }
    if (!c.client().isReclaimComplete()) {
      // RFC 8881 section 18.51.3: a client must send RECLAIM_COMPLETE first, even if it had no
      // state.
      throw new NfsStatusException(Nfsstat4.NFS4ERR_GRACE);
    }
    c.checkNotInGrace();
    return open(args, c, modes);
  }

  /**
   * Reclaims an open (CLAIM_PREVIOUS). The caller needs the same access as for a new open (RFC 8881
   * section 8.4.2.1.1).
   */
  private static Open4Res reclaim(Open4Args args, CompoundContext c, ShareModes modes)
      throws NfsStatusException, StorageException {
    try (Recovery.Reclaim _ = c.client().reclaim()) {
      return open(args, c, modes);
    } catch (NfsStatusException refused) {
      throw refused.status() == Nfsstat4.NFS4ERR_SHARE_DENIED
          ? new NfsStatusException(Nfsstat4.NFS4ERR_RECLAIM_CONFLICT)
          : refused;
    }
  }

  private static Open4Res open(Open4Args args, CompoundContext c, ShareModes modes)
      throws NfsStatusException, StorageException {
    Caller caller = c.caller();
    long clientid = c.client().clientid();
    admit(args, c);
    Candidate candidate = candidate(args, c, caller, modes);
    FileRef ref = candidate.ref();
    DelegationOffer offer = OpenDelegations.offer(args, c, ref, modes, candidate.truncate());
    OpenResult opened =
        c.services()
            .state()
            .opens()
            .open(
                new OpenRequest(
                    clientid,
                    args.owner().owner(),
                    caller.uid(),
                    ref.key(),
                    modes.access(),
                    modes.deny(),
                    candidate.file(),
                    caller,
                    offer));
    if (candidate.truncate()) {
      truncate(c, caller, ref, opened, modes);
    }
    c.setCurrent(ref);
    c.setCurrentStateid(opened.stateid());
    return new Open4Res.Ok(
        new Open4Resok(
            opened.stateid(),
            candidate.directory(),
            RESULT_FLAGS,
            candidate.set(),
            OpenDelegations.answer(c, ref, modes, opened.grant())));
  }

  /**
   * Checks that a new open is within the client's share of open files. An open that the client has
   * already, or that it reclaims, is not new.
   */
  private static void admit(Open4Args args, CompoundContext c) throws NfsStatusException {
    if (args.claim() instanceof OpenClaim4.Null || args.claim() instanceof OpenClaim4.Fh) {
      c.services()
          .state()
          .openFiles()
          .admit(
              c.client().clientid(), c.current().volume()::openFilesLeft, Nfsstat4.NFS4ERR_NOSPC);
    }
  }

  /** Rejects claims that this server does not support, and contradictory claims. */
  private static void checkClaim(Open4Args args) throws NfsStatusException {
    switch (args.claim()) {
      case OpenClaim4.Null _, OpenClaim4.DelegateCur _, OpenClaim4.DelegCurFh _ -> {}
      case OpenClaim4.Fh _, OpenClaim4.Previous _ -> {
        if (args.openhow() instanceof Openflag4.Create) {
          // RFC 8881 section 18.16.3: only a claim with a name can create a file.
          throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
        }
      }
      case OpenClaim4.DelegatePrev _ -> throw new NfsStatusException(Nfsstat4.NFS4ERR_NOTSUPP);
      case OpenClaim4.DelegPrevFh _ -> throw new NfsStatusException(Nfsstat4.NFS4ERR_NOTSUPP);
    }
  }

  private static Candidate candidate(
      Open4Args args, CompoundContext c, Caller caller, ShareModes modes)
      throws NfsStatusException, StorageException {
    FileRef current = c.current();
    if (args.claim() instanceof OpenClaim4.DelegateCur(var held)) {
      return existing(held.file(), args, c, caller, modes);
    }
    if (args.claim() instanceof OpenClaim4.DelegCurFh(Stateid4 held)) {
      OpenDelegations.checkClaim(args, c, current, modes, held);
    }
    if (!(args.claim() instanceof OpenClaim4.Null(Opaque name))) {
      c.checkFlavor(current);
      OpenFile file = current.volume().open(caller, current.handle(), modes.openAccess());
      return new Candidate(current, file, new ChangeInfo4(false, 0, 0), Bitmap4.EMPTY, false);
    }
    if (args.openhow() instanceof Openflag4.Create(Createhow4 how)) {
      c.checkFlavor(current);
      return create(how, name, current, caller, modes, c.services().options().ids());
    }
    return existing(name, args, c, caller, modes);
  }

  /** Opens an existing file by its name in the current directory. */
  private static Candidate existing(
      Opaque name, Open4Args args, CompoundContext c, Caller caller, ShareModes modes)
      throws NfsStatusException, StorageException {
    FileRef current = c.current();
    FileRef found = c.exports().lookup(current, FileSupport.name(name), caller);
    c.checkFlavor(found);
    if (args.claim() instanceof OpenClaim4.DelegateCur(var held)) {
      OpenDelegations.checkClaim(args, c, found, modes, held.delegateStateid());
    }
    long change = current.volume().attributes(caller, current.handle()).change();
    OpenFile file = found.volume().open(caller, found.handle(), modes.openAccess());
    return new Candidate(found, file, new ChangeInfo4(true, change, change), Bitmap4.EMPTY, false);
  }

  private static Candidate create(
      Createhow4 how, Opaque name, FileRef directory, Caller caller, ShareModes modes, IdMapper ids)
      throws NfsStatusException, StorageException {
    Settings settings = settings(how, directory, ids);
    AttributeChanges wanted = settings.changes();
    Long size = wanted.size();
    boolean empty = size != null && size == 0;
    Created created =
        directory
            .volume()
            .create(
                caller,
                directory.handle(),
                FileSupport.name(name),
                mode(how),
                empty ? wanted.withoutSize() : wanted,
                modes.openAccess());
    boolean truncate = empty && !created.createdNow() && how instanceof Createhow4.Unchecked4;
    return new Candidate(
        new FileRef(directory.export(), created.handle()),
        created.file(),
        FileSupport.changeInfo(created.change()),
        attributesSet(how, settings, created.createdNow(), truncate),
        truncate);
  }

  private static Settings settings(Createhow4 how, FileRef directory, IdMapper ids)
      throws NfsStatusException {
    return switch (how) {
      case Createhow4.Unchecked4(Fattr4 wanted) ->
          settings(directory, wanted, Moment.CREATION, ids);
      case Createhow4.Guarded4(Fattr4 wanted) -> settings(directory, wanted, Moment.CREATION, ids);
      case Createhow4.Exclusive4 _ -> Settings.NONE;
      case Createhow4.Exclusive41(Creatverfattr both) ->
          settings(directory, both.attrs(), Moment.EXCLUSIVE_CREATION, ids);
    };
  }

  private static Settings settings(FileRef directory, Fattr4 wanted, Moment moment, IdMapper ids)
      throws NfsStatusException {
    return AttributeTable.INSTANCE.settings(directory.export(), wanted, moment, false, ids);
  }

  private static CreateMode mode(Createhow4 how) {
    return switch (how) {
      case Createhow4.Unchecked4 _ -> CreateMode.unchecked();
      case Createhow4.Guarded4 _ -> CreateMode.guarded();
      case Createhow4.Exclusive4 exclusive -> exclusive(exclusive.createverf());
      case Createhow4.Exclusive41 both -> exclusive(both.createboth().verf());
    };
  }

  private static CreateMode exclusive(Verifier4 verifier) {
    return CreateMode.exclusive(verifier.data().asByteBuffer().getLong());
  }

  /**
   * Returns the attrset of the reply: the attributes that were set and those that an exclusive
   * create may have used.
   */
  private static Bitmap4 attributesSet(
      Createhow4 how, Settings settings, boolean createdNow, boolean truncated) {
    return switch (how) {
      case Createhow4.Exclusive4 _ -> VERIFIER_ATTRIBUTES;
      case Createhow4.Exclusive41 _ -> settings.attributes().or(VERIFIER_ATTRIBUTES);
      case Createhow4.Guarded4 _ -> settings.attributes();
      case Createhow4.Unchecked4 _ -> {
        Bitmap4 existing = truncated ? Bitmap4.of(Attrs.SIZE.number()) : Bitmap4.EMPTY;
        yield createdNow ? settings.attributes() : existing;
      }
    };
  }

  /** Truncates an existing file. If that fails, the open that this OPEN created is removed. */
  private static void truncate(
      CompoundContext c, Caller caller, FileRef ref, OpenResult opened, ShareModes modes)
      throws NfsStatusException, StorageException {
    AttributeChanges empty = AttributeChanges.ofSize(0);
    try {
      if (!modes.openAccess().writes()) {
        try (FileChange _ = FileUses.change(c, ref)) {
          ref.volume().setAttributes(caller, ref.handle(), empty, null);
        }
        return;
      }
      try (FileUse use =
          c.services()
              .state()
              .opens()
              .forWrite(
                  c.client().clientid(),
                  ref.key(),
                  opened.stateid(),
                  FileUses.opener(ref, caller, modes.openAccess()))) {
        ref.volume().setAttributes(caller, ref.handle(), empty, use.file());
      }
    } catch (NfsStatusException | StorageException e) {
      if (opened.created()) {
        c.services().state().opens().close(c.client().clientid(), ref.key(), opened.stateid());
      }
      throw e;
    }
  }

  @Override
  public Cost cost(Open4Args args) {
    return args.openhow() instanceof Openflag4.Create ? Cost.BULK : Cost.SMALL;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
