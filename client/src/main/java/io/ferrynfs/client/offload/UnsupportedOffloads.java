package io.ferrynfs.client.offload;

import io.ferrynfs.client.file.RemoteOpenFile;
import io.ferrynfs.wire.nfs4.NfsOpnum4;

/** Which operations the server of a file does not have, each for itself (lesson B45, F-010). */
final class UnsupportedOffloads {

  private UnsupportedOffloads() {}

  static boolean is(RemoteOpenFile file, NfsOpnum4 operation) {
    return file.files().refusals().isRefused(operation, file.attributesAtOpen().fsid());
  }

  static void remember(RemoteOpenFile file, NfsOpnum4 operation) {
    file.files().refusals().refused(operation, file.attributesAtOpen().fsid());
  }
}
