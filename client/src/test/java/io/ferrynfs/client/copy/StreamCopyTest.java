package io.ferrynfs.client.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.file.CompoundOps;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.nfs4.Data4;
import io.ferrynfs.wire.nfs4.Deallocate4Args;
import io.ferrynfs.wire.nfs4.Deallocate4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReadPlus4Args;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import io.ferrynfs.wire.nfs4.ReadPlusRes4;
import io.ferrynfs.wire.nfs4.Seek4Args;
import io.ferrynfs.wire.nfs4.Seek4Res;
import io.ferrynfs.wire.nfs4.SeekRes4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.BufferPayload;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Copies by READ and WRITE of a source with an island of data. */
class StreamCopyTest {
  private static final int SIZE = 500_000;
  private static final int DATA = 100_000;
  private static final int HOLE = 150_000;
  private static final NfsCopyOptions STREAM = NfsCopyOptions.builder().forceStream(true).build();
  private static final Stateid4 INTO = CompoundOps.forData(CopyLab.openStateid(2));
  private static final Stateid4 FROM = CompoundOps.forData(CopyLab.openStateid(3));

  private final CopyLab lab = new CopyLab(SIZE);
  private final NfsFile source;
  private boolean seeks = true;
  private boolean punches = true;

  StreamCopyTest() throws Exception {
    Arrays.fill(lab.source, 0, DATA, (byte) 0);
    Arrays.fill(lab.source, HOLE, SIZE, (byte) 0);
    lab.destination = new byte[300_000];
    Arrays.fill(lab.destination, (byte) 'x');
    lab.sparse = true;
    lab.others = this::answer;
    source = lab.openSource();
    lab.forget();
  }

  private @Nullable NfsResop4 answer(NfsArgop4 operation) {
    return switch (operation) {
      case NfsArgop4.Seek(Seek4Args args) when seeks -> new NfsResop4.Seek(sought(args));
      case NfsArgop4.Deallocate(Deallocate4Args args) when punches -> {
        int end = (int) Math.min(lab.destination.length, args.offset() + args.length());
        if (args.offset() < end) {
          Arrays.fill(lab.destination, (int) args.offset(), end, (byte) 0);
        }
        yield new NfsResop4.Deallocate(new Deallocate4Res(Nfsstat4.NFS4_OK));
      }
      case NfsArgop4.Seek _ -> new NfsResop4.Seek(new Seek4Res.Failed(Nfsstat4.NFS4ERR_NOTSUPP));
      case NfsArgop4.ReadPlus _ ->
          new NfsResop4.ReadPlus(new ReadPlus4Res.Failed(Nfsstat4.NFS4ERR_NOTSUPP));
      case NfsArgop4.Deallocate _ ->
          new NfsResop4.Deallocate(new Deallocate4Res(Nfsstat4.NFS4ERR_NOTSUPP));
      default -> null;
    };
  }

  private static Seek4Res sought(Seek4Args args) {
    boolean isData = args.offset() >= DATA && args.offset() < HOLE;
    if (args.what() == 0) {
      boolean none = args.offset() >= HOLE;
      return new Seek4Res.Ok(new SeekRes4(none, none ? SIZE : Math.max(DATA, args.offset())));
    }
    return new Seek4Res.Ok(new SeekRes4(false, isData ? HOLE : args.offset()));
  }

  private CopyResult copy() throws Exception {
    return lab.await(source.copyTo(0, lab.b, 0, SIZE, STREAM).completion());
  }

  private static NfsArgop4 seek(long offset, long what) {
    return new NfsArgop4.Seek(new Seek4Args(FROM, offset, what));
  }

  private static NfsArgop4 deallocate(long offset, long length) {
    return new NfsArgop4.Deallocate(new Deallocate4Args(INTO, offset, length));
  }

  // P-008: three SEEKs find the data, the holes are deallocated, and the last byte sets the size
  @Test
  void holeIsFoundBySeekAndDeallocatedWithoutReading() throws Exception {
    assertThat(copy().bytes()).isEqualTo(SIZE);
    assertThat(lab.destination).isEqualTo(lab.source);
    assertThat(lab.sent(NfsOpnum4.OP_SEEK))
        .containsExactly(seek(0, 0), seek(DATA, 1), seek(HOLE, 0));
    assertThat(lab.sent(NfsOpnum4.OP_DEALLOCATE))
        .containsExactlyInAnyOrder(deallocate(0, DATA), deallocate(HOLE, SIZE - HOLE));
    assertThat(lab.sent(NfsOpnum4.OP_READ))
        .containsExactly(
            new NfsArgop4.Read(new io.ferrynfs.wire.nfs4.Read4Args(FROM, DATA, HOLE - DATA)));
    assertThat(lab.sent(NfsOpnum4.OP_WRITE)).hasSize(2);
  }

  // P-001, C-046: an unsupported operation is tried once
  @Test
  void readPlusFindsHolesWithoutSeek() throws Exception {
    seeks = false;
    copy();
    copy();
    assertThat(lab.sent(NfsOpnum4.OP_READ_PLUS))
        .containsExactly(new NfsArgop4.ReadPlus(new ReadPlus4Args(FROM, 0, SIZE)));
    assertThat(lab.sent(NfsOpnum4.OP_READ)).hasSize(2);
    assertThat(lab.destination).isEqualTo(lab.source);
  }

  // P-008, C-046
  @Test
  void serverWithoutSeekIsReadCompletely() throws Exception {
    seeks = false;
    copy();
    copy();
    assertThat(lab.sent(NfsOpnum4.OP_SEEK)).containsExactly(seek(0, 0));
    assertThat(lab.sent(NfsOpnum4.OP_DEALLOCATE)).isEmpty();
    assertThat(lab.destination).isEqualTo(lab.source);
  }

  // P-008, C-046
  @Test
  void serverWithoutDeallocateReceivesZeros() throws Exception {
    punches = false;
    copy();
    assertThat(lab.destination).isEqualTo(lab.source);
    copy();
    assertThat(lab.sent(NfsOpnum4.OP_DEALLOCATE)).hasSizeBetween(1, 2);
  }

  // P-008
  @Test
  void denseSourceIsNotSearchedForHoles() throws Exception {
    lab.sparse = false;
    NfsFile dense = lab.openSource();
    lab.await(dense.copyTo(0, lab.b, 0, SIZE, STREAM).completion());
    assertThat(lab.sent(NfsOpnum4.OP_SEEK)).isEmpty();
    assertThat(lab.sent(NfsOpnum4.OP_READ_PLUS)).isEmpty();
    assertThat(lab.destination).isEqualTo(lab.source);
  }

  // P-001: an invalid READ_PLUS result is discarded, and READ is used instead
  @Test
  void invalidReadPlusFallsBackToRead() throws Exception {
    List<ReadPlusRes4> wrong =
        List.of(
            new ReadPlusRes4(false, List.of(data(1, 5))),
            new ReadPlusRes4(false, List.of()),
            new ReadPlusRes4(true, List.of(data(0, 0))),
            new ReadPlusRes4(true, List.of(data(0, 500))));
    for (ReadPlusRes4 answer : wrong) {
      StreamCopyTest other = new StreamCopyTest();
      other.seeks = false;
      other.lab.others =
          operation ->
              operation instanceof NfsArgop4.ReadPlus
                  ? new NfsResop4.ReadPlus(new ReadPlus4Res.Ok(answer))
                  : other.answer(operation);
      other.copy();
      other.copy();
      assertThat(other.lab.destination).as(answer.toString()).isEqualTo(other.lab.source);
      assertThat(other.lab.sent(NfsOpnum4.OP_READ_PLUS)).hasSize(1);
    }
  }

  private static ReadPlusContent data(long offset, int length) {
    return new ReadPlusContent.Data(new Data4(offset, BufferPayload.of(new byte[length])));
  }

  // P-001, P-002: a truncated source has ended, whatever its size at the open
  @Test
  void truncatedSourceEndsWhereReadPlusAndReadReportIt() throws Exception {
    seeks = false;
    lab.source = Arrays.copyOf(lab.source, HOLE);
    lab.size = HOLE;
    lab.others =
        operation ->
            operation instanceof NfsArgop4.ReadPlus
                ? new NfsResop4.ReadPlus(
                    new ReadPlus4Res.Ok(
                        new ReadPlusRes4(
                            true,
                            List.of(
                                new ReadPlusContent.Data(
                                    new Data4(0, BufferPayload.of(lab.source)))))))
                : answer(operation);
    assertThat(copy().bytes()).isEqualTo(HOLE);
    assertThat(copy().bytes()).isEqualTo(HOLE);
    assertThat(lab.sent(NfsOpnum4.OP_READ_PLUS)).as("is still used").hasSize(2);
  }

  // P-004: endless data would be read forever
  @Test
  void dataBeforeThePositionEndsTheCopy() {
    lab.others =
        operation ->
            operation instanceof NfsArgop4.Seek(Seek4Args args)
                ? new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(false, args.offset())))
                : answer(operation);
    NfsException failure = lab.failureOf(source.copyTo(0, lab.b, 0, SIZE, STREAM).completion());
    assertThat(failure.reason()).isEqualTo(NfsException.Reason.PROTOCOL);
  }
}
