package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.wire.nfs4.IoAdviseType4.IO_ADVISE4_DONTNEED;
import static io.ferrynfs.wire.nfs4.IoAdviseType4.IO_ADVISE4_INIT_PROXIMITY;
import static io.ferrynfs.wire.nfs4.IoAdviseType4.IO_ADVISE4_NORMAL;
import static io.ferrynfs.wire.nfs4.IoAdviseType4.IO_ADVISE4_RANDOM;
import static io.ferrynfs.wire.nfs4.IoAdviseType4.IO_ADVISE4_SEQUENTIAL;
import static io.ferrynfs.wire.nfs4.IoAdviseType4.IO_ADVISE4_WILLNEED;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.testkit.faults.FaultPlan;
import io.ferrynfs.storage.testkit.faults.FaultyVolume;
import io.ferrynfs.storage.testkit.faults.Operation;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.IoAdvise4Args;
import io.ferrynfs.wire.nfs4.IoAdvise4Res;
import io.ferrynfs.wire.nfs4.IoAdvise4Resok;
import io.ferrynfs.wire.nfs4.IoAdviseType4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Bitmap4;
import org.junit.jupiter.api.Test;

/** IO_ADVISE on a volume that implements only WILLNEED (RFC 7862 section 15.5). */
class IoAdviseTest {
  private final FaultPlan plan = new FaultPlan();
  private final MemoryVolume memory = FileLab.memory("data");
  private final FileLab lab = new FileLab(CopyRules.LINUX, new FaultyVolume(memory, plan));
  private final NfsFh4 file = lab.file("file", "0123456789");

  private static NfsArgop4 advise(
      Stateid4 stateid, long offset, long count, IoAdviseType4... hints) {
    Bitmap4 bits = Bitmap4.EMPTY;
    for (IoAdviseType4 hint : hints) {
      bits = bits.with(hint.value());
    }
    return new NfsArgop4.IoAdvise(new IoAdvise4Args(stateid, offset, count, bits));
  }

  private NfsResop4 advise(IoAdviseType4... hints) {
    return lab.last(putfh(file), advise(Stateids.ANONYMOUS, 0, 0, hints));
  }

  private static NfsResop4 hintReply(IoAdviseType4 hint) {
    return new NfsResop4.IoAdvise(
        new IoAdvise4Res.Ok(new IoAdvise4Resok(Bitmap4.of(hint.value()))));
  }

  private static NfsResop4 failed(Nfsstat4 status) {
    return new NfsResop4.IoAdvise(new IoAdvise4Res.Failed(status));
  }

  // RFC 7862 section 15.5.3: the reply names the hints that the server implements
  @Test
  void replyNamesTheHintsThatTheVolumeImplements() {
    assertThat(advise(IO_ADVISE4_WILLNEED)).isEqualTo(hintReply(IO_ADVISE4_WILLNEED));
    assertThat(advise(IO_ADVISE4_WILLNEED, IO_ADVISE4_SEQUENTIAL))
        .isEqualTo(hintReply(IO_ADVISE4_WILLNEED));
    assertThat(advise(IO_ADVISE4_SEQUENTIAL)).isEqualTo(hintReply(IO_ADVISE4_NORMAL));
    assertThat(advise(IO_ADVISE4_INIT_PROXIMITY)).isEqualTo(hintReply(IO_ADVISE4_NORMAL));
    assertThat(advise()).isEqualTo(hintReply(IO_ADVISE4_NORMAL));
    assertThat(plan.calls(Operation.ADVISE)).isEqualTo(4);
  }

  // RFC 7862 section 15.5.3: contradictory and unknown hints are not errors
  @Test
  void contradictoryAndUnknownHintsAreIgnored() {
    assertThat(advise(IO_ADVISE4_SEQUENTIAL, IO_ADVISE4_RANDOM))
        .isEqualTo(hintReply(IO_ADVISE4_NORMAL));
    assertThat(advise(IO_ADVISE4_WILLNEED, IO_ADVISE4_DONTNEED))
        .isEqualTo(hintReply(IO_ADVISE4_NORMAL));
    NfsArgop4 unknown =
        new NfsArgop4.IoAdvise(
            new IoAdvise4Args(Stateids.ANONYMOUS, 0, 0, Bitmap4.of(4, 11, 31, 70)));
    assertThat(lab.last(putfh(file), unknown)).isEqualTo(hintReply(IO_ADVISE4_WILLNEED));
  }

  // RFC 7862 section 15.5.3: the range need not exist; a range that overflows returns NFS4ERR_INVAL
  @Test
  void rangeMayBeAnywhereUnlessItOverflows() {
    for (long offset : new long[] {0, 10, Long.MAX_VALUE}) {
      for (long count : new long[] {0, 1, Long.MAX_VALUE}) {
        assertThat(
                lab.last(
                    putfh(file), advise(Stateids.ANONYMOUS, offset, count, IO_ADVISE4_WILLNEED)))
            .isEqualTo(hintReply(IO_ADVISE4_WILLNEED));
      }
    }
    assertThat(lab.last(putfh(file), advise(Stateids.ANONYMOUS, -1, 0, IO_ADVISE4_WILLNEED)))
        .isEqualTo(hintReply(IO_ADVISE4_NORMAL));
    assertThat(lab.last(putfh(file), advise(Stateids.ANONYMOUS, -2, 2, IO_ADVISE4_WILLNEED)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_INVAL));
  }

  // RFC 7862 section 11.2: IO_ADVISE does not return NFS4ERR_OPENMODE
  @Test
  void openWithAnyAccessMayAdvise() {
    for (long access : new long[] {Ops.READ, Ops.WRITE, Ops.BOTH}) {
      Stateid4 open = lab.open(file, "owner" + access, access);
      assertThat(lab.last(putfh(file), advise(open, 0, 0, IO_ADVISE4_WILLNEED)))
          .isEqualTo(hintReply(IO_ADVISE4_WILLNEED));
    }
    assertThat(lab.last(putrootfh(), advise(Stateids.ANONYMOUS, 0, 0)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_ISDIR));
    Stateid4 openOfAnotherFile = new Stateid4(1, lab.open(file, "other", Ops.READ).other());
    assertThat(lab.last(putfh(lab.file("another", "")), advise(openOfAnotherFile, 0, 0)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_BAD_STATEID));
    lab.user(4711);
    NfsFh4 secret = lab.file("secret", "");
    lab.user(FileLab.OWNER.uid());
    lab.run(
        putfh(secret),
        Ops.setattr(Stateids.ANONYMOUS, AttrValues.builder().put(Attrs.MODE, 0600L).build()));
    lab.user(4711);
    assertThat(lab.last(putfh(secret), advise(Stateids.ANONYMOUS, 0, 0)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_ACCESS));
  }

  @Test
  void failedAdviceKeepsNoFileOpen() {
    plan.failAll(Operation.ADVISE, Status.IO);
    assertThat(advise(IO_ADVISE4_WILLNEED)).isEqualTo(failed(Nfsstat4.NFS4ERR_IO));
    assertThat(memory.openFileCount()).isZero();
  }
}
