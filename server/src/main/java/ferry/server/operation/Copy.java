package ferry.server.operation;

import ferry.server.config.ServerOptions.CopyRules;
import ferry.server.state.FileUse;
import ferry.server.status.Refused;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Copy4Args;
import ferry.wire.nfs4.Copy4Res;
import ferry.wire.nfs4.Copy4Resok;
import ferry.wire.nfs4.CopyRequirements4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.StableHow4;
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
    if (!args.sourceServer().isEmpty()) {
      throw new Refused(Nfsstat4.NFS4ERR_NOTSUPP);
    }
    boolean sameFile = FileUses.checkTwoRegularFiles(c);
    try (FileUse to = FileUses.forWrite(c, args.dstStateid());
        FileUse from = FileUses.ofSource(c, args.srcStateid())) {
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

  @Override
  public Cost cost(Copy4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
