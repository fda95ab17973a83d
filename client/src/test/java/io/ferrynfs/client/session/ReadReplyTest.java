package io.ferrynfs.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.Data4;
import io.ferrynfs.wire.nfs4.DataInfo4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import io.ferrynfs.wire.nfs4.ReadPlusRes4;
import io.ferrynfs.wire.nfs4.Sequence4Res;
import io.ferrynfs.wire.nfs4.Sequence4Resok;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadReplyTest {

  private static final NfsResop4 SEQUENCE =
      new NfsResop4.Sequence(
          new Sequence4Res.Ok(
              new Sequence4Resok(new Sessionid4(Opaque.of(new byte[16])), 1, 2, 3, 4, 5)));
  private static final NfsResop4 PUTFH = new NfsResop4.Putfh(new Putfh4Res(Nfsstat4.NFS4_OK));

  private static NfsResop4 read(String data) {
    return new NfsResop4.Read(
        new Read4Res.Ok(new Read4Resok(true, BufferPayload.of(data.getBytes(UTF_8)))));
  }

  private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;

  private static ByteBuffer encode(Nfsstat4 status, String tag, NfsResop4... results) {
    XdrWriter out = new XdrWriter();
    new Compound4Res(status, Opaque.ofUtf8(tag), List.of(results)).encode(out);
    return ByteBuffer.wrap(out.toByteArray());
  }

  @Test
  void dataOfReadIsFoundBehindAnyTag() {
    for (String tag : List.of("", "a", "abcd", "abcde")) {
      ByteBuffer reply = encode(Nfsstat4.NFS4_OK, tag, SEQUENCE, PUTFH, read("hello"));
      int at = ReadReply.dataOffset(reply);
      assertThat(reply.getInt(at - 4)).isEqualTo(5);
      byte[] data = new byte[5];
      reply.get(at, data);
      assertThat(new String(data, UTF_8)).isEqualTo("hello");
    }
  }

  @Test
  void otherRepliesAndShortPrefixesHaveNoData() {
    ByteBuffer good = encode(Nfsstat4.NFS4_OK, "", SEQUENCE, PUTFH, read("hello"));
    for (int length = 0; length < ReadReply.dataOffset(good); length++) {
      assertThat(ReadReply.dataOffset(good.duplicate().limit(length))).isEqualTo(-1);
    }
    NfsResop4 failed = new NfsResop4.Read(new Read4Res.Failed(Nfsstat4.NFS4ERR_IO));
    assertThat(ReadReply.dataOffset(encode(Nfsstat4.NFS4ERR_IO, "", SEQUENCE, PUTFH, failed)))
        .isEqualTo(-1);
    assertThat(ReadReply.dataOffset(encode(Nfsstat4.NFS4_OK, "", SEQUENCE, PUTFH))).isEqualTo(-1);
    assertThat(ReadReply.dataOffset(encode(Nfsstat4.NFS4_OK, "", SEQUENCE, read("x"), PUTFH)))
        .isEqualTo(-1);
  }

  // P-001
  @Test
  void firstDataOfReadPlusIsFoundUnlessAHolePrecedesIt() {
    ReadPlusContent data =
        new ReadPlusContent.Data(new Data4(77, BufferPayload.of("hello".getBytes(UTF_8))));
    ReadPlusContent hole = new ReadPlusContent.Hole(new DataInfo4(77, 5));
    ByteBuffer reply = encode(Nfsstat4.NFS4_OK, "a", SEQUENCE, PUTFH, readPlus(data, hole));
    int at = ReadReply.dataOffset(reply);
    assertThat(reply.getInt(at - 4)).isEqualTo(5);
    byte[] found = new byte[5];
    reply.get(at, found);
    assertThat(new String(found, UTF_8)).isEqualTo("hello");
    for (int length = 0; length < at; length++) {
      assertThat(ReadReply.dataOffset(reply.duplicate().limit(length))).isEqualTo(-1);
    }
    assertThat(
            ReadReply.dataOffset(
                encode(Nfsstat4.NFS4_OK, "", SEQUENCE, PUTFH, readPlus(hole, data))))
        .isEqualTo(-1);
    assertThat(ReadReply.dataOffset(encode(Nfsstat4.NFS4_OK, "", SEQUENCE, PUTFH, readPlus())))
        .isEqualTo(-1);
  }

  private static NfsResop4 readPlus(ReadPlusContent... contents) {
    return new NfsResop4.ReadPlus(new ReadPlus4Res.Ok(new ReadPlusRes4(true, List.of(contents))));
  }
}
