package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.nfs4.Fsid4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/** The optional operations that the server supports on the file system of one file. */
final class ServerFeatures {

  private final ServerSession session;
  private final UnsupportedOperations unsupported;
  private final Fsid4 fileSystem;

  ServerFeatures(ServerSession session, UnsupportedOperations unsupported, Fsid4 fileSystem) {
    this.session = session;
    this.unsupported = unsupported;
    this.fileSystem = fileSystem;
  }

  /** Returns whether the server may support an operation of NFSv4.2, as far as is known. */
  boolean has(NfsOpnum4 operation) {
    return session.minorVersion() >= 2 && !isUnsupported(operation);
  }

  boolean isUnsupported(NfsOpnum4 operation) {
    return unsupported.contains(operation, fileSystem);
  }

  void addUnsupported(NfsOpnum4 operation) {
    unsupported.add(operation, fileSystem);
  }

  /** Returns whether an error means that the server lacks an operation, and remembers it. */
  boolean lacks(NfsOpnum4 operation, CallException failure) {
    boolean lacks = failure.is(Nfsstat4.NFS4ERR_NOTSUPP) || failure.is(Nfsstat4.NFS4ERR_OP_ILLEGAL);
    if (lacks) {
      addUnsupported(operation);
    }
    return lacks;
  }
}
