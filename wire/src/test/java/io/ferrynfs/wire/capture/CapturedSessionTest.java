package io.ferrynfs.wire.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.wire.nfs4.CallbackSecParms4;
import io.ferrynfs.wire.nfs4.ChangeInfo4;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.ClientOwner4;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Resok;
import io.ferrynfs.wire.nfs4.Data4;
import io.ferrynfs.wire.nfs4.DataContent4;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Resok;
import io.ferrynfs.wire.nfs4.Listxattrs4Res;
import io.ferrynfs.wire.nfs4.Listxattrs4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsImplId4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import io.ferrynfs.wire.nfs4.ReadPlusRes4;
import io.ferrynfs.wire.nfs4.Seek4Args;
import io.ferrynfs.wire.nfs4.Seek4Res;
import io.ferrynfs.wire.nfs4.SeekRes4;
import io.ferrynfs.wire.nfs4.ServerOwner4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.Setxattr4Args;
import io.ferrynfs.wire.nfs4.Setxattr4Res;
import io.ferrynfs.wire.nfs4.SetxattrOption4;
import io.ferrynfs.wire.nfs4.StateProtect4A;
import io.ferrynfs.wire.nfs4.StateProtect4R;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.rpc.AuthsysParms;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Compares captured messages about sessions, holes and extended attributes with the expected
 * values.
 */
class CapturedSessionTest {
  private static final ChannelAttrs4 BACKCHANNEL = new ChannelAttrs4(0, 4096, 4096, 0, 2, 16, null);
  private static final long CLIENTID = 0x1a32036bffad8b2eL;

  @Test
  void exchangeIdIdentifiesTheClient() throws XdrException {
    assertThat(lastOfCall("01-basic-knfsd.txt", 10))
        .isEqualTo(
            new NfsArgop4.ExchangeId(
                new ExchangeId4Args(
                    new ClientOwner4(
                        new Verifier4(Opaque.ofHex("18ea70ea951b10e9")),
                        text("Linux NFSv4.2 client")),
                    Nfs4.EXCHGID4_FLAG_SUPP_MOVED_REFER | Nfs4.EXCHGID4_FLAG_BIND_PRINC_STATEID,
                    new StateProtect4A.None(),
                    new NfsImplId4(
                        text("kernel.org"),
                        text("Linux 6.1.176 #1 Sat Jul  4 15:38:16 UTC 2026 x86_64"),
                        new Nfstime4(0, 0)))));
    assertThat(lastOfReply("01-basic-knfsd.txt", 11))
        .isEqualTo(
            new NfsResop4.ExchangeId(
                new ExchangeId4Res.Ok(
                    new ExchangeId4Resok(
                        CLIENTID,
                        1,
                        Nfs4.EXCHGID4_FLAG_SUPP_MOVED_REFER | Nfs4.EXCHGID4_FLAG_USE_PNFS_MDS,
                        new StateProtect4R.None(),
                        new ServerOwner4(0, text("knfsd")),
                        text("knfsd"),
                        null))));
  }

  @Test
  void createSessionRequestsABackchannel() throws XdrException {
    assertThat(lastOfCall("01-basic-knfsd.txt", 12))
        .isEqualTo(
            new NfsArgop4.CreateSession(
                new CreateSession4Args(
                    CLIENTID,
                    1,
                    Nfs4.CREATE_SESSION4_FLAG_PERSIST | Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN,
                    new ChannelAttrs4(0, 1049620, 1049480, 7584, 8, 64, null),
                    BACKCHANNEL,
                    Nfs4.NFS4_CALLBACK,
                    List.of(
                        new CallbackSecParms4.AuthSys(
                            new AuthsysParms(2501578985L, text("client"), 0, 0, List.of()))))));
    assertThat(lastOfReply("01-basic-knfsd.txt", 13))
        .isEqualTo(
            new NfsResop4.CreateSession(
                new CreateSession4Res.Ok(
                    new CreateSession4Resok(
                        new Sessionid4(Opaque.ofHex("1a32036bffad8b2e0100000000000000")),
                        1,
                        Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN,
                        new ChannelAttrs4(0, 69632, 69632, 2128, 8, 30, null),
                        BACKCHANNEL))));
  }

  @Test
  void seekRequestsTheNextHole() throws XdrException {
    assertThat(lastOfCall("09-alloc-seek-xfs.txt", 109))
        .isEqualTo(
            new NfsArgop4.Seek(
                new Seek4Args(
                    new Stateid4(0, Opaque.ofHex("9f34036ba843257009000000")),
                    0,
                    DataContent4.NFS4_CONTENT_HOLE.value())));
    assertThat(lastOfReply("09-alloc-seek-xfs.txt", 110))
        .isEqualTo(new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(false, 65536))));
  }

  @Test
  void knfsdAnswersReadPlusOfAHoleWithADataSegmentOfZeros() throws XdrException {
    assertThat(lastOfReply("14-read-plus.txt", 73))
        .isEqualTo(
            new NfsResop4.ReadPlus(
                new ReadPlus4Res.Ok(
                    new ReadPlusRes4(
                        false,
                        List.of(
                            new ReadPlusContent.Data(
                                new Data4(0, BufferPayload.of(new byte[65536]))))))));
  }

  @Test
  void extendedAttributeIsSetAndListed() throws XdrException {
    assertThat(lastOfCall("10-xattr-ext4.txt", 45))
        .isEqualTo(
            new NfsArgop4.Setxattr(
                new Setxattr4Args(SetxattrOption4.SETXATTR4_EITHER, text("colour"), text("blue"))));
    assertThat(lastOfReply("10-xattr-ext4.txt", 46))
        .isEqualTo(
            new NfsResop4.Setxattr(
                new Setxattr4Res.Ok(
                    new ChangeInfo4(true, 1927766226451710976L, 1927766232704236289L))));
    assertThat(lastOfReply("10-xattr-ext4.txt", 54))
        .isEqualTo(
            new NfsResop4.Listxattrs(
                new Listxattrs4Res.Ok(
                    new Listxattrs4Resok(
                        0x0200000000000000L, List.of(text("colour"), text("empty")), true))));
  }

  @Test
  void creatingAnExistingExtendedAttributeFails() throws XdrException {
    assertThat(lastOfReply("10-xattr-ext4.txt", 66))
        .isEqualTo(new NfsResop4.Setxattr(new Setxattr4Res.Failed(Nfsstat4.NFS4ERR_EXIST)));
  }

  private static NfsArgop4 lastOfCall(String capture, int frame) throws XdrException {
    return ((NfsMessage.Call) NfsMessage.ofFrame(capture, frame).body())
        .value()
        .argarray()
        .getLast();
  }

  private static NfsResop4 lastOfReply(String capture, int frame) throws XdrException {
    return ((NfsMessage.Reply) NfsMessage.ofFrame(capture, frame).body())
        .value()
        .resarray()
        .getLast();
  }

  private static Opaque text(String value) {
    return Opaque.ofUtf8(value);
  }
}
