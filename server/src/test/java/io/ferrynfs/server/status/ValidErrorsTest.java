package io.ferrynfs.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.Status;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import org.junit.jupiter.api.Test;

class ValidErrorsTest {
  @Test
  void everyOperationHasARow() {
    assertThat(NfsOpnum4.values())
        .filteredOn(operation -> operation.value() <= NfsOpnum4.OP_REMOVEXATTR.value())
        .allSatisfy(operation -> assertThat(ValidErrors.of(operation)).isNotEmpty());
  }

  // X-008, S-011, B11
  @Test
  void everyStorageStatusMapsToAValidStatusOfTheOperation() {
    for (Status status : Status.values()) {
      assertBecomesValid(StatusMap.of(status));
    }
  }

  @Test
  void everyStatusMapsToAValidStatusOfTheOperation() {
    for (Nfsstat4 status : Nfsstat4.values()) {
      assertBecomesValid(status);
    }
  }

  private static void assertBecomesValid(Nfsstat4 status) {
    for (NfsOpnum4 operation : NfsOpnum4.values()) {
      Nfsstat4 sent = ValidErrors.constrain(operation, status);
      assertThat(ValidErrors.isValid(operation, sent)).as(operation + " " + status).isTrue();
    }
  }

  @Test
  void validStatusIsUnchanged() {
    assertThat(ValidErrors.constrain(NfsOpnum4.OP_COPY, Nfsstat4.NFS4ERR_OFFLOAD_NO_REQS))
        .isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_NO_REQS);
    assertThat(ValidErrors.constrain(NfsOpnum4.OP_SEEK, Nfsstat4.NFS4ERR_NXIO))
        .isEqualTo(Nfsstat4.NFS4ERR_NXIO);
    assertThat(ValidErrors.constrain(NfsOpnum4.OP_GETFH, Nfsstat4.NFS4_OK))
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void invalidStatusMapsToTheNearestValidOne() {
    assertThat(ValidErrors.constrain(NfsOpnum4.OP_READ, Nfsstat4.NFS4ERR_PERM))
        .isEqualTo(Nfsstat4.NFS4ERR_ACCESS);
    assertThat(ValidErrors.constrain(NfsOpnum4.OP_CREATE, Nfsstat4.NFS4ERR_SYMLINK))
        .isEqualTo(Nfsstat4.NFS4ERR_NOTDIR);
    assertThat(ValidErrors.constrain(NfsOpnum4.OP_GETATTR, Nfsstat4.NFS4ERR_NOENT))
        .isEqualTo(Nfsstat4.NFS4ERR_STALE);
    assertThat(ValidErrors.constrain(NfsOpnum4.OP_CREATE, Nfsstat4.NFS4ERR_NOTSUPP))
        .isEqualTo(Nfsstat4.NFS4ERR_BADTYPE);
    assertThat(ValidErrors.constrain(NfsOpnum4.OP_LOOKUP, Nfsstat4.NFS4ERR_NOSPC))
        .isEqualTo(Nfsstat4.NFS4ERR_IO);
    assertThat(ValidErrors.constrain(NfsOpnum4.OP_CLOSE, Nfsstat4.NFS4ERR_NOSPC))
        .isEqualTo(Nfsstat4.NFS4ERR_SERVERFAULT);
  }
}
