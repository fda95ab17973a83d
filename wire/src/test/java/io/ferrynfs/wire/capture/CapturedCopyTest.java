package io.ferrynfs.wire.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.wire.capture.NfsMessage.Body;
import io.ferrynfs.wire.capture.NfsMessage.Call;
import io.ferrynfs.wire.capture.NfsMessage.CbCall;
import io.ferrynfs.wire.capture.NfsMessage.CbReply;
import io.ferrynfs.wire.capture.NfsMessage.Reply;
import io.ferrynfs.wire.nfs4.CbCompound4Args;
import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbOffload4Res;
import io.ferrynfs.wire.nfs4.CbSequence4Args;
import io.ferrynfs.wire.nfs4.CbSequence4Res;
import io.ferrynfs.wire.nfs4.CbSequence4Resok;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.CopyNotify4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.CopyNotify4Resok;
import io.ferrynfs.wire.nfs4.CopyRequirements4;
import io.ferrynfs.wire.nfs4.Getattr4Args;
import io.ferrynfs.wire.nfs4.Netaddr4;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Args;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.Putfh4Args;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.Savefh4Res;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sequence4Res;
import io.ferrynfs.wire.nfs4.Sequence4Resok;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares captured messages of server-side copies with the expected values. */
class CapturedCopyTest {
  private static final String INTRA = "04-copy-intra-large-async.txt";
  private static final String INTER = "05-copy-inter.txt";

  private static final Sessionid4 INTRA_SESSION = session("5532036b085fa7580100000000000000");
  private static final NfsFh4 INTRA_SOURCE = fh("010001010000000098e1cf8e0200000000000000");
  private static final NfsFh4 INTRA_DESTINATION = fh("01000101000000007b5cf7180300000000000000");
  private static final Stateid4 INTRA_COPY = stateid(1, "5532036b065fa75800000000");

  private static final NfsFh4 INTER_SOURCE = fh("010001010000000057b10f2e0200000000000000");
  private static final Netloc4 SOURCE_SERVER = netloc("10.77.0.21.8.1");

  // W-005
  @Test
  void copyWithinOneServerIsRequestedAsynchronously() throws XdrException {
    assertThat(body(INTRA, 45))
        .isEqualTo(
            call(
                sequence(INTRA_SESSION, 13, 0, 0, false),
                putfh(INTRA_SOURCE),
                new NfsArgop4.Savefh(),
                putfh(INTRA_DESTINATION),
                new NfsArgop4.Copy(
                    new Copy4Args(
                        stateid(0, "5532036b085fa75802000000"),
                        stateid(0, "5532036b085fa75803000000"),
                        0,
                        0,
                        8388608,
                        true,
                        false,
                        List.of()))));
  }

  // W-006
  @Test
  void replyToAnAsynchronousCopyHasAStateidAndNoBytes() throws XdrException {
    assertThat(body(INTRA, 46))
        .isEqualTo(
            reply(
                sequenced(INTRA_SESSION, 13, 0),
                putfhOk(),
                new NfsResop4.Savefh(new Savefh4Res(Nfsstat4.NFS4_OK)),
                putfhOk(),
                new NfsResop4.Copy(
                    new Copy4Res.Ok(
                        new Copy4Resok(
                            new WriteResponse4(
                                INTRA_COPY, 0, StableHow4.UNSTABLE4, verifier("b72280b5636083e4")),
                            new CopyRequirements4(true, false))))));
  }

  // W-016, W-017
  @Test
  void callbackHasTheCopiedBytesAndTheirStability() throws XdrException {
    assertThat(body(INTRA, 47))
        .isEqualTo(
            new CbCall(
                new CbCompound4Args(
                    Opaque.EMPTY,
                    2,
                    0,
                    List.of(
                        new NfsCbArgop4.Sequence(
                            new CbSequence4Args(INTRA_SESSION, 1, 0, 0, false, List.of())),
                        new NfsCbArgop4.Offload(
                            new CbOffload4Args(
                                INTRA_DESTINATION,
                                INTRA_COPY,
                                new OffloadInfo4.Ok(
                                    new WriteResponse4(
                                        null,
                                        8388608,
                                        StableHow4.FILE_SYNC4,
                                        verifier("b72280b5636083e4")))))))));
  }

  // W-018
  @Test
  void clientRepliesToTheCallback() throws XdrException {
    assertThat(body(INTRA, 49))
        .isEqualTo(
            new CbReply(
                new CbCompound4Res(
                    Nfsstat4.NFS4_OK,
                    Opaque.EMPTY,
                    List.of(
                        new NfsCbResop4.Sequence(
                            new CbSequence4Res.Ok(
                                new CbSequence4Resok(INTRA_SESSION, 1, 0, 15, 15))),
                        new NfsCbResop4.Offload(new CbOffload4Res(Nfsstat4.NFS4_OK))))));
  }

  // W-009, W-010, W-012
  @Test
  void copyBetweenServersStartsWithCopyNotify() throws XdrException {
    Sessionid4 session = session("6c32036bd08031420100000000000000");
    assertThat(body(INTER, 84))
        .isEqualTo(
            call(
                sequence(session, 12, 0, 0, false),
                putfh(INTER_SOURCE),
                new NfsArgop4.CopyNotify(
                    new CopyNotify4Args(
                        stateid(0, "6c32036bd080314202000000"), netloc("10.77.0.22.8.1")))));
    assertThat(body(INTER, 85))
        .isEqualTo(
            reply(
                sequenced(session, 12, 0),
                putfhOk(),
                new NfsResop4.CopyNotify(
                    new CopyNotify4Res.Ok(
                        new CopyNotify4Resok(
                            new Nfstime4(15, 0),
                            stateid(1, "6c32036bce80314200000000"),
                            List.of(SOURCE_SERVER))))));
  }

  @Test
  void copyBetweenServersCarriesTheStateidAndAddressesOfCopyNotify() throws XdrException {
    assertThat(body(INTER, 86))
        .isEqualTo(
            call(
                sequence(session("6b32036b398e18060100000000000000"), 12, 0, 0, false),
                putfh(INTER_SOURCE),
                new NfsArgop4.Savefh(),
                putfh(fh("0100010100000000a4eeb8310200000000000000")),
                new NfsArgop4.Copy(
                    new Copy4Args(
                        stateid(1, "6c32036bce80314200000000"),
                        stateid(0, "6b32036b398e180601000000"),
                        0,
                        0,
                        307200,
                        true,
                        false,
                        List.of(SOURCE_SERVER)))));
  }

  @Test
  void destinationReadsWithTheNotifyStateidAndSeqidZero() throws XdrException {
    Sessionid4 session = session("6c32036bd28031420200000000000000");
    assertThat(body(INTER, 147))
        .isEqualTo(
            call(
                sequence(session, 1, 1, 1, false),
                putfh(INTER_SOURCE),
                new NfsArgop4.Read(
                    new Read4Args(stateid(0, "6c32036bce80314200000000"), 262144, 45056))));
    assertThat(body(INTER, 192))
        .isEqualTo(
            reply(
                sequenced(session, 1, 1),
                putfhOk(),
                new NfsResop4.Read(
                    new Read4Res.Ok(
                        new Read4Resok(true, BufferPayload.of(CapturedMessage.fileData(45056)))))));
  }

  // W-014
  @Test
  void cancelledCopySendsOffloadCancelToTheServer() throws XdrException {
    Sessionid4 session = session("8c32036b04a404c40100000000000000");
    assertThat(body("06-copy-intra-cancel.txt", 49))
        .isEqualTo(
            cancel(
                session,
                14,
                "01000101000000002519c5960300000000000000",
                "8c32036b02a404c400000000"));
  }

  @Test
  void cancelledCopyBetweenServersSendsOffloadCancelToBoth() throws XdrException {
    assertThat(body("07-copy-inter-cancel.txt", 219))
        .isEqualTo(
            cancel(
                session("d432036be2068bf70100000000000000"),
                13,
                "0100010100000000592280110200000000000000",
                "d432036be0068bf700000000"));
    assertThat(body("07-copy-inter-cancel.txt", 220))
        .isEqualTo(
            cancel(
                session("d532036b67542c980100000000000000"),
                13,
                "01000101000000009c9a6c770300000000000000",
                "d532036b65542c9800000000"));
  }

  // W-019
  @Test
  void cloneOfARangeIsFollowedByGetattr() throws XdrException {
    assertThat(body("08-clone-xfs.txt", 69))
        .isEqualTo(
            call(
                sequence(session("9034036be7cab2f50100000000000000"), 25, 0, 0, false),
                putfh(fh("01000181000000008300000000000000c3e204ac")),
                new NfsArgop4.Savefh(),
                putfh(fh("0100018100000000850000000000000038ce090b")),
                new NfsArgop4.Clone(
                    new Clone4Args(
                        stateid(0, "9034036be7cab2f502000000"),
                        stateid(0, "9034036be7cab2f504000000"),
                        4096,
                        16384,
                        8192)),
                new NfsArgop4.Getattr(new Getattr4Args(Bitmap4.of(3, 4, 45, 52, 53)))));
  }

  private static Body cancel(Sessionid4 session, long sequence, String fh, String copy) {
    return call(
        sequence(session, sequence, 0, 0, true),
        putfh(fh(fh)),
        new NfsArgop4.OffloadCancel(new OffloadCancel4Args(stateid(1, copy))));
  }

  private static Body body(String capture, int frame) throws XdrException {
    return NfsMessage.ofFrame(capture, frame).body();
  }

  private static Body call(NfsArgop4... operations) {
    return new Call(new Compound4Args(Opaque.EMPTY, 2, List.of(operations)));
  }

  private static Body reply(NfsResop4... results) {
    return new Reply(new Compound4Res(Nfsstat4.NFS4_OK, Opaque.EMPTY, List.of(results)));
  }

  private static NfsArgop4 sequence(
      Sessionid4 session, long sequence, long slot, long highest, boolean cache) {
    return new NfsArgop4.Sequence(new Sequence4Args(session, sequence, slot, highest, cache));
  }

  private static NfsResop4 sequenced(Sessionid4 session, long sequence, long slot) {
    return new NfsResop4.Sequence(
        new Sequence4Res.Ok(new Sequence4Resok(session, sequence, slot, 29, 29, 0)));
  }

  private static NfsArgop4 putfh(NfsFh4 fh) {
    return new NfsArgop4.Putfh(new Putfh4Args(fh));
  }

  private static NfsResop4 putfhOk() {
    return new NfsResop4.Putfh(new Putfh4Res(Nfsstat4.NFS4_OK));
  }

  private static Netloc4 netloc(String address) {
    return new Netloc4.Netaddr(new Netaddr4(Opaque.ofUtf8("tcp"), Opaque.ofUtf8(address)));
  }

  private static Stateid4 stateid(long seqid, String other) {
    return new Stateid4(seqid, Opaque.ofHex(other));
  }

  private static Verifier4 verifier(String hex) {
    return new Verifier4(Opaque.ofHex(hex));
  }

  private static NfsFh4 fh(String hex) {
    return new NfsFh4(Opaque.ofHex(hex));
  }

  private static Sessionid4 session(String hex) {
    return new Sessionid4(Opaque.ofHex(hex));
  }
}
