package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Secinfo4;
import io.ferrynfs.wire.nfs4.Secinfo4Args;
import io.ferrynfs.wire.nfs4.Secinfo4Res;
import java.util.List;

/**
 * The SECINFO operation (RFC 8881 section 18.29). It consumes the current filehandle (RFC 8881
 * section 2.6.3.1.1.8).
 */
final class Secinfo implements NfsOperation<Secinfo4Args, Secinfo4Res> {
  @Override
  public Secinfo4Res execute(Secinfo4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef found = c.exports().lookup(c.current(), FileSupport.name(args.name()), c.caller());
    c.consumeCurrent();
    return new Secinfo4Res.Ok(flavors(found));
  }

  /** Returns the flavors that the export of a file accepts, in the order of preference. */
  static List<Secinfo4> flavors(FileRef file) {
    return file.export().flavors().stream()
        .<Secinfo4>map(flavor -> new Secinfo4.Other(flavor.number()))
        .toList();
  }
}
