package io.ferrynfs.client.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.client.file.FileSpace.ReadPlusResult;
import io.ferrynfs.client.file.FileSpace.Segment;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.wire.nfs4.Data4;
import io.ferrynfs.wire.nfs4.DataInfo4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import io.ferrynfs.wire.nfs4.ReadPlusRes4;
import io.ferrynfs.wire.xdr.BufferPayload;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Results of READ_PLUS for 10 bytes at offset 100. */
class ReadPlusSegmentsTest {

  private static Results reply(ReadPlus4Res answer) {
    return new Results(
        answer.status(),
        List.of(
            new NfsResop4.Putfh(new Putfh4Res(Nfsstat4.NFS4_OK)), new NfsResop4.ReadPlus(answer)),
        false);
  }

  private static ReadPlusResult of(boolean eof, ReadPlusContent... contents) throws CallException {
    return ReadPlusSegments.of(
        reply(new ReadPlus4Res.Ok(new ReadPlusRes4(eof, List.of(contents)))), 100, 10);
  }

  private static ReadPlusContent data(long offset, int length) {
    return new ReadPlusContent.Data(new Data4(offset, BufferPayload.of(new byte[length])));
  }

  private static ReadPlusContent hole(long offset, long length) {
    return new ReadPlusContent.Hole(new DataInfo4(offset, length));
  }

  // P-001
  @Test
  void segmentsAreMergedAndHolesReported() throws CallException {
    assertThat(of(false, data(100, 4), hole(104, 50)))
        .isEqualTo(
            new ReadPlusResult(
                10, false, List.of(new Segment(100, 4, false), new Segment(104, 50, true))));
    assertThat(of(true, hole(90, 15)))
        .isEqualTo(new ReadPlusResult(5, true, List.of(new Segment(90, 15, true))));
    assertThat(of(false, hole(100, -101)).bytes()).isEqualTo(10);
  }

  // P-001: such results would end a reader in the middle of the file
  @Test
  void holeBeyondTheRequestIsNotTheEndOfTheRange() throws CallException {
    assertThat(of(true, hole(100, 50)).eof()).isFalse();
    assertThat(of(true, hole(100, -101)).eof()).isFalse();
    assertThat(of(true, hole(100, 10)).eof()).isTrue();
  }

  // P-002
  @Test
  void noSegmentsWithEofIsTheEnd() throws CallException {
    assertThat(of(true)).isEqualTo(new ReadPlusResult(0, true, List.of()));
    assertThat(of(true, hole(0, 0))).isEqualTo(new ReadPlusResult(0, true, List.of()));
  }

  @Test
  void noSegmentsWithoutEofIsAProtocolError() {
    assertThatThrownBy(() -> of(false))
        .isInstanceOfSatisfying(
            CallException.class,
            failure -> assertThat(failure.kind()).isEqualTo(CallException.Kind.PROTOCOL));
    assertThatThrownBy(() ->
            ReadPlusSegments.of(reply(new ReadPlus4Res.Failed(Nfsstat4.NFS4ERR_ISDIR)), 100, 10))
        .isInstanceOfSatisfying(
            CallException.class,
            failure -> assertThat(failure.status()).isEqualTo(Nfsstat4.NFS4ERR_ISDIR));
  }
}
