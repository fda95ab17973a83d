package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.OffloadLab.PIECE;
import static io.ferrynfs.server.testing.Ops.copy;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The limit {@code --copy-rate}: a client cannot escape it with ca_synchronous or with small
 * copies.
 */
class CopyRateTest {
  private static final Duration STEP = Duration.ofMillis(100);
  private static final int SECONDS = 10;

  private static final CopyLimits ONE_PIECE_A_SECOND =
      CopyLimits.builder().bytesPerSecondMax(PIECE).build();

  @Test
  void synchronousCopiesTogetherDoNotExceedTheRate() {
    OffloadLab lab = new OffloadLab(ONE_PIECE_A_SECOND);
    long bytes = 0;
    CallReply pending = post(lab.files, lab.source, lab.target);
    for (int step = 0; step < SECONDS * 10; step++) {
      lab.run();
      if (pending.isComplete()) {
        bytes += bytes(pending);
        pending = post(lab.files, lab.source, lab.target);
      }
      lab.files.env.advance(STEP);
    }
    // The first chunk is not throttled, and the copy in progress is not counted yet.
    assertThat(bytes).isBetween((SECONDS - 3L) * PIECE, (SECONDS + 1L) * PIECE);
  }

  @Test
  void smallCopyWaitsForTheRateWithoutHoldingAThread() {
    CopyLimits small = ONE_PIECE_A_SECOND.toBuilder().answeredAtOnceBytesMax(PIECE).build();
    FileLab files = lab(small);
    NfsFh4 source = files.file("source", "x".repeat(PIECE));
    NfsFh4 target = files.file("target", "");
    assertThat(post(files, source, target).isComplete()).as("the first copy").isTrue();
    CallReply second = post(files, source, target);
    files.env.advance(Duration.ofMillis(900));
    assertThat(second.isComplete()).as("the second copy, too early").isFalse();
    for (int step = 0; step < 20; step++) {
      files.env.advance(STEP);
    }
    assertThat(second.isComplete()).as("the second copy").isTrue();
  }

  @Test
  void synchronousCopyThatWouldWaitTooLongReturnsDelay() {
    CopyLimits slow =
        CopyLimits.builder().bytesPerSecondMax(PIECE / 10).answeredAtOnceBytesMax(PIECE).build();
    FileLab files = lab(slow);
    NfsFh4 source = files.file("source", "x".repeat(PIECE));
    NfsFh4 target = files.file("target", "");
    assertThat(RawClient.decode(post(files, source, target)).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(RawClient.decode(post(files, source, target)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
  }

  private static FileLab lab(CopyLimits copies) {
    return new FileLab(
        ServerLimits.builder().copies(copies).delegations(DelegationLimits.none()).build(),
        CopyRules.LINUX,
        FileLab.withoutClone("data"));
  }

  private static CallReply post(FileLab files, NfsFh4 source, NfsFh4 target) {
    return files.client.postCall(putfh(source), savefh(), putfh(target), copy(0, 0, PIECE));
  }

  private static long bytes(CallReply answer) {
    if (RawClient.decode(answer).resarray().getLast()
        instanceof NfsResop4.Copy(Copy4Res.Ok(Copy4Resok ok))) {
      return ok.response().count();
    }
    throw new AssertionError(RawClient.decode(answer));
  }
}
