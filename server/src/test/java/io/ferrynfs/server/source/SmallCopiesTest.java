package io.ferrynfs.server.source;

import static io.ferrynfs.server.source.ThreeParties.count;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.offload.CopyLog;
import io.ferrynfs.server.source.ThreeParties.NotifiedFile;
import io.ferrynfs.server.testing.LogCapture;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.testkit.faults.Operation;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Copies between servers that are so small that the set-up of the source returns the whole range.
 */
class SmallCopiesTest {
  private static final int BYTES = 64 << 10;

  private final ThreeParties lab =
      new ThreeParties(
          1,
          ServerLimits.builder()
              .courtesy(CourtesyLimits.none())
              .leaseSeconds(ThreeParties.LEASE_SECONDS)
              .build(),
          ThreeParties.options());
  private final byte[] content = lab.put("from", BYTES);
  private final NotifiedFile from = lab.notifyFile("from");
  private final CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);

  private NfsArgop4[] copy(long offset, long bytes) {
    return from.copy(to, from.notifyResult().sourceServer(), offset, bytes, true);
  }

  // I-008, I-028, Z-004
  @Test
  void smallCopySendsOneReadToTheSource() {
    List<String> lines =
        LogCapture.of(
            CopyLog.class,
            () -> assertThat(count(lab.atDestination.last(copy(0, BYTES)))).isEqualTo(BYTES));
    assertThat(lab.destination.content("to")).isEqualTo(content);
    assertThat(lab.source.calls(NfsOpnum4.OP_READ)).isEqualTo(1);
    assertThat(lines)
        .singleElement()
        .asString()
        .contains("uid 1000", "65536 bytes of ")
        .matches(".* ended: 65536 bytes in \\d+ ms");
    lab.expectNothingHeld();
  }

  // I-008, I-029: within a file, and beyond the current end of the source
  @Test
  void copyIsLimitedToItsRangeAndToTheEndOfTheSource() {
    assertThat(count(lab.atDestination.last(copy(1000, 500)))).isEqualTo(500);
    byte[] expected = new byte[1500];
    System.arraycopy(content, 1000, expected, 1000, 500);
    assertThat(lab.destination.content("to")).isEqualTo(expected);
    assertThat(lab.source.calls(NfsOpnum4.OP_READ)).isEqualTo(1);
    assertThat(count(lab.atDestination.last(copy(BYTES - 10, 1000)))).isEqualTo(10);
    assertThat(Arrays.copyOfRange(lab.destination.content("to"), BYTES - 10, BYTES))
        .isEqualTo(Arrays.copyOfRange(content, BYTES - 10, BYTES));
    lab.expectNothingHeld();
  }

  // I-033
  @Test
  void holesOfASmallFileRemainHoles() throws StorageException {
    lab.source.put("sparse", content, 0, 4 * BYTES, 0644);
    NotifiedFile sparse = lab.notifyFile("sparse");
    NfsArgop4[] copy = sparse.copy(to, sparse.notifyResult().sourceServer(), 0, 4 * BYTES, true);
    assertThat(count(lab.atDestination.last(copy))).isEqualTo(4 * BYTES);
    try (OpenFile file = lab.destination.open("to", OpenAccess.READ)) {
      assertThat(file.size()).isEqualTo(4 * BYTES);
      assertThat(file.attributes().spaceUsed()).isLessThan(2 * BYTES);
    }
    lab.expectNothingHeld();
  }

  // C-019, Z-005: each copy used a buffer, and there are only a few
  @Test
  void failedSmallCopyReportsItsErrorAndReleasesItsBuffer() {
    lab.destination.disk.failAll(Operation.WRITE, Status.NO_SPACE);
    for (int i = 0; i < 100; i++) {
      assertThat(lab.atDestination.last(copy(0, BYTES)).status()).isEqualTo(Nfsstat4.NFS4ERR_NOSPC);
    }
    lab.destination.disk.heal();
    lab.source.disk.fail(Operation.READ, 1, Status.IO);
    lab.source.disk.fail(Operation.TRANSFER, 1, Status.IO);
    assertThat(lab.atDestination.last(copy(0, BYTES)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    lab.source.disk.heal();
    long before = lab.source.calls(NfsOpnum4.OP_READ);
    assertThat(count(lab.atDestination.last(copy(0, BYTES)))).isEqualTo(BYTES);
    assertThat(lab.source.calls(NfsOpnum4.OP_READ)).isEqualTo(before + 1);
    lab.expectNothingHeld();
  }
}
