package ferry.server.operation;

import ferry.server.config.ServerOptions.CopyRules;
import ferry.server.export.FileRef;
import ferry.server.state.FileUse;
import ferry.server.state.StateTable;
import ferry.server.status.Refused;
import ferry.storage.Attributes;
import ferry.storage.Caller;
import ferry.storage.OpenAccess;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Copy4Args;
import ferry.wire.nfs4.Copy4Res;
import ferry.wire.nfs4.Copy4Resok;
import ferry.wire.nfs4.CopyRequirements4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.StableHow4;
import ferry.wire.nfs4.Stateid4;
import ferry.wire.nfs4.Verifier4;
import ferry.wire.nfs4.WriteResponse4;

/**
 * RFC 7862 section 15.2: COPY, inside this server and synchronous.
 *
 * <p>An asynchronous request may be answered synchronously (section 15.2.3). One COPY is bounded in
 * time, and then answers with a short count: the client asks for the rest. Bytes are copied in
 * order. They are not durable yet: the client sends COMMIT, as after WRITE with UNSTABLE4.
 */
final class Copy implements Operation<Copy4Args, Copy4Res> {

  /** What holds of every copy here: in order, and finished when the reply is sent. */
  private static final CopyRequirements4 REQUIREMENTS = new CopyRequirements4(true, true);

  @Override
  public Copy4Res execute(Copy4Args args, CompoundContext c) throws Refused, StorageException {
    FileRef source = c.saved();
    FileRef target = c.current();
    if (!args.sourceServer().isEmpty()) {
      throw new Refused(Nfsstat4.NFS4ERR_NOTSUPP);
    }
    boolean sameFile = checkTypes(c, source, target);
    try (FileUse to = target(args, c, target);
        FileUse from = source(args, c, source)) {
      Verifier4 verifier = c.services().writeVerifier().current();
      CopyRange range =
          CopyRange.of(
              args,
              from.file().size(),
              sameFile,
              c.services().options().copyRules() == CopyRules.RFC7862);
      long copied = new Copier(c.services().env().ticker()).copy(from.file(), to.file(), range);
      return new Copy4Res.Ok(
          new Copy4Resok(
              new WriteResponse4(null, copied, StableHow4.UNSTABLE4, verifier), REQUIREMENTS));
    }
  }

  /**
   * Both must be regular files (section 15.2.3).
   *
   * @return whether they are the same one, by identity and not by filehandle
   */
  private static boolean checkTypes(CompoundContext c, FileRef source, FileRef target)
      throws Refused, StorageException {
    Attributes from = attributes(c, source);
    Attributes to = attributes(c, target);
    if (!from.isRegular() || !to.isRegular()) {
      throw new Refused(Nfsstat4.NFS4ERR_WRONG_TYPE);
    }
    return source.export().id() == target.export().id()
        && from.fsId() == to.fsId()
        && from.fileId() == to.fileId();
  }

  private static Attributes attributes(CompoundContext c, FileRef file) throws StorageException {
    return file.volume().attributes(FileSupport.callerFor(c, file), file.handle());
  }

  /** The saved filehandle's stateid must be valid for READ. */
  private static FileUse source(Copy4Args args, CompoundContext c, FileRef file)
      throws Refused, StorageException {
    Caller caller = FileSupport.callerFor(c, file);
    Stateid4 stateid = c.resolveSaved(args.srcStateid());
    StateTable state = c.services().state();
    return state.forRead(
        c.client().clientid(),
        file.key(),
        stateid,
        () -> file.volume().open(caller, file.handle(), OpenAccess.READ));
  }

  /** The current filehandle's stateid must be valid for WRITE. */
  private static FileUse target(Copy4Args args, CompoundContext c, FileRef file)
      throws Refused, StorageException {
    Caller caller = FileSupport.callerFor(c, file);
    Stateid4 stateid = c.resolve(args.dstStateid());
    StateTable state = c.services().state();
    return state.forWrite(
        c.client().clientid(),
        file.key(),
        stateid,
        () -> file.volume().open(caller, file.handle(), OpenAccess.WRITE));
  }

  @Override
  public Cost cost(Copy4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
