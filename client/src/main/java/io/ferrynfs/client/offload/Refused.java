package io.ferrynfs.client.offload;

import io.ferrynfs.client.file.OpenFile;
import io.ferrynfs.wire.nfs4.NfsOpnum4;

/** Which operations the server of a file does not have, each for itself (lesson B45, F-010). */
final class Refused {

  private Refused() {}

  static boolean is(OpenFile file, NfsOpnum4 operation) {
    return file.files().refusals().isRefused(operation, file.attributesAtOpen().fsid());
  }

  static void remember(OpenFile file, NfsOpnum4 operation) {
    file.files().refusals().refused(operation, file.attributesAtOpen().fsid());
  }
}
