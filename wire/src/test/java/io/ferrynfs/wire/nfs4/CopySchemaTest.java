package io.ferrynfs.wire.nfs4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Checks the encoding of copy operations: numbers, unions and limits. */
class CopySchemaTest {
  private static final String STATEID = "00000001" + "0102030405060708090a0b0c";
  private static final Stateid4 COPY_STATEID =
      new Stateid4(1, Opaque.ofHex("0102030405060708090a0b0c"));
  private static final Verifier4 VERIFIER = new Verifier4(Opaque.ofHex("a1a2a3a4a5a6a7a8"));

  // W-002
  @Test
  void nfs42OperationsHaveTheNumbersOfTheRfc() {
    Map<Integer, NfsOpnum4> numbers = new LinkedHashMap<>();
    for (NfsOpnum4 operation : NfsOpnum4.values()) {
      if (operation.value() >= 59) {
        numbers.put(operation.value(), operation);
      }
    }
    assertThat(numbers)
        .containsExactly(
            Map.entry(59, NfsOpnum4.OP_ALLOCATE),
            Map.entry(60, NfsOpnum4.OP_COPY),
            Map.entry(61, NfsOpnum4.OP_COPY_NOTIFY),
            Map.entry(62, NfsOpnum4.OP_DEALLOCATE),
            Map.entry(63, NfsOpnum4.OP_IO_ADVISE),
            Map.entry(64, NfsOpnum4.OP_LAYOUTERROR),
            Map.entry(65, NfsOpnum4.OP_LAYOUTSTATS),
            Map.entry(66, NfsOpnum4.OP_OFFLOAD_CANCEL),
            Map.entry(67, NfsOpnum4.OP_OFFLOAD_STATUS),
            Map.entry(68, NfsOpnum4.OP_READ_PLUS),
            Map.entry(69, NfsOpnum4.OP_SEEK),
            Map.entry(70, NfsOpnum4.OP_WRITE_SAME),
            Map.entry(71, NfsOpnum4.OP_CLONE),
            Map.entry(72, NfsOpnum4.OP_GETXATTR),
            Map.entry(73, NfsOpnum4.OP_SETXATTR),
            Map.entry(74, NfsOpnum4.OP_LISTXATTRS),
            Map.entry(75, NfsOpnum4.OP_REMOVEXATTR),
            Map.entry(10044, NfsOpnum4.OP_ILLEGAL));
    assertThat(NfsCbOpnum4.OP_CB_OFFLOAD.value()).isEqualTo(15);
  }

  // W-003
  @Test
  void nfs42StatusesHaveTheNumbersOfTheRfc() throws XdrException {
    assertThat(Nfsstat4.of(10088)).isEqualTo(Nfsstat4.NFS4ERR_PARTNER_NOTSUPP);
    assertThat(Nfsstat4.of(10089)).isEqualTo(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH);
    assertThat(Nfsstat4.of(10090)).isEqualTo(Nfsstat4.NFS4ERR_UNION_NOTSUPP);
    assertThat(Nfsstat4.of(10091)).isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    assertThat(Nfsstat4.of(10092)).isEqualTo(Nfsstat4.NFS4ERR_WRONG_LFS);
    assertThat(Nfsstat4.of(10093)).isEqualTo(Nfsstat4.NFS4ERR_BADLABEL);
    assertThat(Nfsstat4.of(10094)).isEqualTo(Nfsstat4.NFS4ERR_OFFLOAD_NO_REQS);
    assertThat(Nfsstat4.of(10095)).isEqualTo(Nfsstat4.NFS4ERR_NOXATTR);
    assertThat(Nfsstat4.of(10096)).isEqualTo(Nfsstat4.NFS4ERR_XATTR2BIG);
  }

  // W-004
  @Test
  void stateidHasSixteenBytes() {
    assertThat(hex(COPY_STATEID::encode)).isEqualTo(STATEID);
  }

  // W-005
  @Test
  void copyArgumentsHaveTheOrderOfTheRfc() throws XdrException {
    Copy4Args args = new Copy4Args(COPY_STATEID, COPY_STATEID, 2, 3, 4, false, true, List.of());
    String wire =
        STATEID
            + STATEID
            + "0000000000000002"
            + "0000000000000003"
            + "0000000000000004"
            + "00000000"
            + "00000001"
            + "00000000";
    assertThat(hex(args::encode)).isEqualTo(wire);
    assertThat(Copy4Args.decode(reader(wire))).isEqualTo(args);
  }

  // W-008
  @Test
  void successfulCopyReturnsAWriteResponseAndRequirements() throws XdrException {
    Copy4Res reply =
        new Copy4Res.Ok(
            new Copy4Resok(
                new WriteResponse4(COPY_STATEID, 0, StableHow4.UNSTABLE4, VERIFIER),
                new CopyRequirements4(true, false)));
    String wire =
        "00000000"
            + "00000001"
            + STATEID
            + "0000000000000000"
            + "00000000"
            + "a1a2a3a4a5a6a7a8"
            + "00000001"
            + "00000000";
    assertThat(hex(reply::encode)).isEqualTo(wire);
    assertThat(Copy4Res.decode(reader(wire))).isEqualTo(reply);
  }

  // W-008
  @Test
  void offloadNoReqsReturnsTheRequirementsOfTheServer() throws XdrException {
    Copy4Res reply = new Copy4Res.OffloadNoReqs(new CopyRequirements4(true, true));
    String wire = "0000276e" + "00000001" + "00000001";
    assertThat(hex(reply::encode)).isEqualTo(wire);
    assertThat(Copy4Res.decode(reader(wire))).isEqualTo(reply);
  }

  // W-008
  @Test
  void otherErrorOfCopyHasNoBody() throws XdrException {
    for (Nfsstat4 status : Nfsstat4.values()) {
      if (status != Nfsstat4.NFS4_OK && status != Nfsstat4.NFS4ERR_OFFLOAD_NO_REQS) {
        Copy4Res reply = new Copy4Res.Failed(status);
        String wire = String.format("%08x", status.value());
        assertThat(hex(reply::encode)).isEqualTo(wire);
        assertThat(Copy4Res.decode(reader(wire))).isEqualTo(reply);
      }
    }
  }

  // W-007
  @Test
  void writeResponseHasAtMostOneCallbackStateid() {
    String end = "0000000000000000" + "00000000" + "a1a2a3a4a5a6a7a8";
    assertThatThrownBy(() -> WriteResponse4.decode(reader("00000002" + STATEID + STATEID + end)))
        .isInstanceOf(XdrException.class);
    assertThatThrownBy(() -> WriteResponse4.decode(reader("ffffffff" + STATEID + end)))
        .isInstanceOf(XdrException.class);
  }

  // W-007, W-015
  @Test
  void offloadStatusHasAtMostOneCompletionStatus() throws XdrException {
    assertThat(OffloadStatus4Resok.decode(reader("0000000000000005" + "00000000")))
        .isEqualTo(new OffloadStatus4Resok(5, null));
    assertThat(OffloadStatus4Resok.decode(reader("0000000000000005" + "00000001" + "0000001c")))
        .isEqualTo(new OffloadStatus4Resok(5, Nfsstat4.NFS4ERR_NOSPC));
    assertThatThrownBy(() ->
            OffloadStatus4Resok.decode(
                reader("0000000000000005" + "00000002" + "00000000" + "00000000")))
        .isInstanceOf(XdrException.class);
  }

  // W-010
  @Test
  void netlocIsANameAUrlOrAnAddress() throws XdrException {
    assertThat(Netloc4.decode(reader("00000001" + "00000003" + "6e617300")))
        .isEqualTo(new Netloc4.Name(Opaque.ofUtf8("nas")));
    assertThat(Netloc4.decode(reader("00000002" + "00000004" + "6e66733a")))
        .isEqualTo(new Netloc4.Url(Opaque.ofUtf8("nfs:")));
    assertThat(
            Netloc4.decode(reader("00000003" + "00000003" + "74637000" + "00000004" + "312e3200")))
        .isEqualTo(
            new Netloc4.Netaddr(new Netaddr4(Opaque.ofUtf8("tcp"), Opaque.ofHex("312e3200"))));
  }

  // W-011
  @Test
  void unknownNetlocTypeIsRejected() {
    for (String kind : List.of("00000000", "00000004", "ffffffff")) {
      assertThatThrownBy(() -> Netloc4.decode(reader(kind + "00000003" + "6e617300")))
          .isInstanceOf(XdrException.class);
    }
  }

  // W-016, W-018
  @Test
  void failedCopyReportsTheBytesBeforeTheError() throws XdrException {
    OffloadInfo4 failed = new OffloadInfo4.Failed(Nfsstat4.NFS4ERR_NOSPC, 4096);
    String wire = "0000001c" + "0000000000001000";
    assertThat(hex(failed::encode)).isEqualTo(wire);
    assertThat(OffloadInfo4.decode(reader(wire))).isEqualTo(failed);
    assertThat(hex(new CbOffload4Res(Nfsstat4.NFS4_OK)::encode)).isEqualTo("00000000");
  }

  // W-021
  @Test
  void sourceServersBeyondTheLimitAreRejectedBeforeDecoding() {
    String args = STATEID + STATEID + "00".repeat(24) + "00000001" + "00000001";
    assertThatThrownBy(() -> Copy4Args.decode(reader(args + "00000041" + "00".repeat(1024))))
        .isInstanceOf(XdrException.class);
    assertThatThrownBy(() -> Copy4Args.decode(reader(args + "00000040" + "00".repeat(16))))
        .isInstanceOf(XdrException.class);
  }

  // W-023
  @Test
  void unknownOperationKeepsItsNumberAndItsReplyIsOpIllegal() throws XdrException {
    NfsArgop4 operation = NfsArgop4.decode(reader("0000004c"));
    assertThat(operation).isEqualTo(new NfsArgop4.Unknown(76));
    assertThat(operation.argop()).isEqualTo(NfsOpnum4.OP_ILLEGAL);
    assertThat(NfsCbArgop4.decode(reader("00000010")).argop()).isEqualTo(NfsCbOpnum4.OP_CB_ILLEGAL);
  }

  private static XdrReader reader(String hex) {
    return new XdrReader(Opaque.ofHex(hex));
  }

  private static String hex(Consumer<XdrWriter> value) {
    XdrWriter out = new XdrWriter();
    value.accept(out);
    return out.toOpaque().toHex();
  }
}
