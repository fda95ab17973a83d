package io.ferrynfs.server.state;

import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** A state table that knows two clients, without a server, and files in memory. */
final class StateLab {
  static final long ALPHA = 1;
  static final long BETA = 2;
  static final int NONE = 0;
  static final int READ = 1;
  static final int WRITE = 2;
  static final int BOTH = 3;

  final ManualEnv env = new ManualEnv();
  final StateTable table;

  /** The files that were opened on the volume, in order, whether they are still open or not. */
  final List<OpenFile> opened = new ArrayList<>();

  private final MemoryVolume volume = MemoryVolume.builder("volume", env.clock()).build();

  StateLab(ServerLimits limits) {
    table = new StateTable(limits, env);
    table.addClient(ALPHA);
    table.addClient(BETA);
  }

  /** Creates a file. */
  FileKey file(String name) {
    return file(volume, name);
  }

  /** Creates a file in another volume. */
  static FileKey file(Volume in, String name) {
    try {
      Created created =
          in.create(
              Caller.SUPERUSER,
              in.root(),
              Name.of(name),
              CreateMode.unchecked(),
              AttributeChanges.NONE,
              OpenAccess.READ);
      created.file().close();
      return new FileKey(1, created.handle());
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  OpenFile openFile(FileKey file, int access) throws StorageException {
    OpenAccess how =
        switch (access) {
          case READ -> OpenAccess.READ;
          case WRITE -> OpenAccess.WRITE;
          default -> OpenAccess.READ_WRITE;
        };
    OpenFile openFile = volume.open(Caller.SUPERUSER, file.handle(), how);
    opened.add(openFile);
    return openFile;
  }

  /** Opens a file, with a delegation offer or null. */
  OpenResult open(
      long client,
      String owner,
      FileKey file,
      int access,
      int deny,
      @Nullable DelegationOffer offer)
      throws NfsStatusException, StorageException {
    return table
        .opens()
        .open(
            new OpenRequest(
                client,
                Opaque.ofUtf8(owner),
                0,
                file,
                access,
                deny,
                openFile(file, access),
                null,
                offer));
  }

  /** Returns the status with which a call failed, or NFS4_OK. */
  static Nfsstat4 statusOf(ThrowingCallable call) {
    try {
      call.call();
    } catch (NfsStatusException failed) {
      return failed.status();
    } catch (Throwable other) {
      throw new AssertionError(other);
    }
    return Nfsstat4.NFS4_OK;
  }
}
