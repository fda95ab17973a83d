package io.ferrynfs.client.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.Data4;
import io.ferrynfs.wire.nfs4.DataInfo4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.ReadPlus4Args;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import io.ferrynfs.wire.nfs4.ReadPlusRes4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The results of READ and READ_PLUS in the caller's buffer. */
class ReadDataTest {
  private static final Stateid4 STATEID = new Stateid4(0, Opaque.of(new byte[12]));

  private static BufferPayload payload(String text) {
    return BufferPayload.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static ReadPlusContent data(long offset, String text) {
    return new ReadPlusContent.Data(new Data4(offset, payload(text)));
  }

  private static ReadPlusContent hole(long offset, long length) {
    return new ReadPlusContent.Hole(new DataInfo4(offset, length));
  }

  /** Returns a buffer filled with x after READ_PLUS of its size at offset 100. */
  private static String readPlus(int room, boolean placed, ReadPlusContent... contents)
      throws XdrException {
    NfsArgop4 asked = new NfsArgop4.ReadPlus(new ReadPlus4Args(STATEID, 100, room));
    return moved(
        asked,
        new NfsResop4.ReadPlus(new ReadPlus4Res.Ok(new ReadPlusRes4(false, List.of(contents)))),
        room,
        placed);
  }

  private static String moved(NfsArgop4 asked, NfsResop4 answer, int room, boolean placed)
      throws XdrException {
    byte[] bytes = "x".repeat(room + 4).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer into = ByteBuffer.wrap(bytes, 2, room);
    Compound4Res results = new Compound4Res(Nfsstat4.NFS4_OK, Opaque.EMPTY, List.of(answer));
    ReadData.move(List.of(asked), results, new ReadDestination.Memory(into), placed);
    assertThat(into.position()).isEqualTo(2);
    assertThat(into.remaining()).isEqualTo(room);
    String all = new String(bytes, StandardCharsets.US_ASCII);
    assertThat(all).startsWith("xx").endsWith("xx");
    return all.substring(2, room + 2).replace('\0', '.');
  }

  // P-001
  @Test
  void segmentsAreConcatenatedAndHolesAreZeros() throws XdrException {
    assertThat(readPlus(10, false, data(100, "abc"), hole(103, 4), data(107, "def")))
        .isEqualTo("abc....def");
    assertThat(readPlus(10, false, hole(100, 2), data(102, "abc"))).isEqualTo("..abcxxxxx");
    assertThat(readPlus(4, false)).isEqualTo("xxxx");
    assertThat(readPlus(6, false, hole(100, 2), hole(102, 2), data(104, "ab"))).isEqualTo("....ab");
  }

  // P-001: RFC 7862 section 15.10.3, a hole may begin before and end after the request
  @Test
  void holeMayExceedTheRequest() throws XdrException {
    assertThat(readPlus(4, false, hole(0, 1L << 62))).isEqualTo("....");
    assertThat(readPlus(4, false, hole(90, 12), data(102, "ab"))).isEqualTo("..ab");
    assertThat(readPlus(4, false, data(100, "ab"), hole(102, Long.MAX_VALUE - 102)))
        .isEqualTo("ab..");
  }

  @Test
  void dataReceivedInPlaceIsNotMoved() throws XdrException {
    assertThat(readPlus(8, true, data(100, "abc"), hole(103, 2), data(105, "def")))
        .isEqualTo("xxx..def");
  }

  // P-001
  @Test
  void dataOutsideTheRequestIsRejected() {
    for (ReadPlusContent[] bad :
        new ReadPlusContent[][] {
          {data(100, "abcde")},
          {data(99, "a")},
          {data(101, "a")},
          {data(100, "a"), data(102, "a")},
          {hole(101, 1)},
          {hole(90, 10)},
          {data(100, "ab"), hole(103, 5)},
          {data(100, "ab"), hole(90, 12)},
          {hole(100, 9), data(109, "a")},
          {hole(-1, 5)},
          {hole(-5, 110)},
          {hole(100, -100)},
          {hole(0, -1)},
          {hole(100, Long.MAX_VALUE - 99)},
          {hole(100, -1)},
          {data(100, "ab"), hole(102, -1)},
          {hole(90, -10)},
        }) {
      assertThatThrownBy(() -> readPlus(4, false, bad))
          .as(List.of(bad).toString())
          .isInstanceOf(XdrException.class);
    }
  }

  // P-002: some servers return an empty segment instead of none
  @Test
  void emptySegmentIsIgnored() throws XdrException {
    assertThat(readPlus(4, false, hole(7, 0))).isEqualTo("xxxx");
    assertThat(readPlus(4, false, data(7, ""))).isEqualTo("xxxx");
  }

  @Test
  void readDataIsAtTheBeginning() throws XdrException {
    NfsArgop4 asked = new NfsArgop4.Read(new Read4Args(STATEID, 100, 4));
    NfsResop4 answer = new NfsResop4.Read(new Read4Res.Ok(new Read4Resok(false, payload("abc"))));
    assertThat(moved(asked, answer, 4, false)).isEqualTo("abcx");
    assertThat(moved(asked, answer, 4, true)).isEqualTo("xxxx");
    assertThatThrownBy(() -> moved(asked, answer, 2, false)).isInstanceOf(XdrException.class);
  }
}
