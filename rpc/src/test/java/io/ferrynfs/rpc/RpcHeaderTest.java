package io.ferrynfs.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.auth.AuthConnection;
import io.ferrynfs.rpc.auth.AuthFlavors;
import io.ferrynfs.rpc.auth.AuthVerdict;
import io.ferrynfs.rpc.auth.CallProtection;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.auth.ReplyProtection;
import io.ferrynfs.rpc.auth.RpcPeer;
import io.ferrynfs.rpc.env.TransportLayer;
import io.ferrynfs.wire.rpc.AcceptedReply;
import io.ferrynfs.wire.rpc.AuthStat;
import io.ferrynfs.wire.rpc.AuthsysParms;
import io.ferrynfs.wire.rpc.CallBody;
import io.ferrynfs.wire.rpc.MismatchInfo;
import io.ferrynfs.wire.rpc.OpaqueAuth;
import io.ferrynfs.wire.rpc.RejectedReply;
import io.ferrynfs.wire.rpc.ReplyBody;
import io.ferrynfs.wire.rpc.ReplyData;
import io.ferrynfs.wire.rpc.RpcBody;
import io.ferrynfs.wire.rpc.RpcMsg;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RpcHeaderTest {
  private static final RpcPeer PEER =
      new RpcPeer(InetSocketAddress.createUnresolved("peer", 2049), null);
  private static final OpaqueAuth NO_AUTH = new OpaqueAuth(0, Opaque.EMPTY);

  /** The first AUTH_SYS call of a Linux 6.1 client, without its arguments. */
  private static final String LINUX_CALL =
      "29c3f9950000000000000002000186a30000000400000001"
          + "000000010000001c0000000000000006636c69656e7400000000000000000000000000000000000000000000";

  private static final Credential.Sys LINUX =
      new Credential.Sys(0, Opaque.ofUtf8("client"), 0, 0, List.of());

  private static XdrWriter call(Credential credential) {
    XdrWriter out = new XdrWriter();
    CallProtection protection = Objects.requireNonNull(credential.protect(PEER));
    RpcHeader.writeCall(out, 0x29c3f995, new CallTarget(100003, 4), 1, protection);
    return out;
  }

  private static RpcMsg decode(XdrWriter message) throws XdrException {
    XdrReader in = new XdrReader(message.toOpaque());
    RpcMsg decoded = RpcMsg.decode(in);
    in.expectEnd();
    return decoded;
  }

  private static Opaque encode(AuthsysParms parms) {
    XdrWriter out = new XdrWriter();
    parms.encode(out);
    return out.toOpaque();
  }

  @Test
  void authSysCallIsEncodedAsByLinux() {
    assertThat(call(LINUX).toOpaque()).isEqualTo(Opaque.ofHex(LINUX_CALL));
  }

  @Test
  void callIsEncodedAsByTheGeneratedTypes() throws XdrException {
    Credential.Sys sys =
        new Credential.Sys(
            0xFFFF_FFFFL, Opaque.ofUtf8("a.host"), 1000, 0xFFFF_FFFEL, List.of(1L, 2L, 3L));
    AuthsysParms parms =
        new AuthsysParms(
            0xFFFF_FFFFL, Opaque.ofUtf8("a.host"), 1000, 0xFFFF_FFFEL, List.of(1L, 2L, 3L));
    assertThat(decode(call(sys)))
        .isEqualTo(
            new RpcMsg(
                0x29c3f995L,
                new RpcBody.Call(
                    new CallBody(2, 100003, 4, 1, new OpaqueAuth(1, encode(parms)), NO_AUTH))));
    assertThat(decode(call(Credential.none())))
        .isEqualTo(
            new RpcMsg(
                0x29c3f995L, new RpcBody.Call(new CallBody(2, 100003, 4, 1, NO_AUTH, NO_AUTH))));
  }

  @Test
  void repliesAreEncodedAsByTheGeneratedTypes() throws XdrException {
    assertThat(rejected(RpcReject.PROG_UNAVAIL)).isEqualTo(accepted(new ReplyData.ProgUnavail()));
    assertThat(rejected(RpcReject.PROC_UNAVAIL)).isEqualTo(accepted(new ReplyData.ProcUnavail()));
    assertThat(rejected(RpcReject.GARBAGE_ARGS)).isEqualTo(accepted(new ReplyData.GarbageArgs()));
    assertThat(rejected(RpcReject.SYSTEM_ERR)).isEqualTo(accepted(new ReplyData.SystemErr()));
    assertThat(rejected(new RpcReject.ProgMismatch(3, 4)))
        .isEqualTo(accepted(new ReplyData.ProgMismatch(new MismatchInfo(3, 4))));
    assertThat(rejected(new RpcReject.RpcMismatch()))
        .isEqualTo(denied(new RejectedReply.RpcMismatch(new MismatchInfo(2, 2))));
    assertThat(rejected(RpcReject.AUTH_BADCRED))
        .isEqualTo(denied(new RejectedReply.AuthError(AuthStat.AUTH_BADCRED)));
    assertThat(rejected(RpcReject.AUTH_REJECTEDCRED))
        .isEqualTo(denied(new RejectedReply.AuthError(AuthStat.AUTH_REJECTEDCRED)));
    assertThat(rejected(RpcReject.AUTH_BADVERF))
        .isEqualTo(denied(new RejectedReply.AuthError(AuthStat.AUTH_BADVERF)));
    assertThat(rejected(RpcReject.AUTH_TOOWEAK))
        .isEqualTo(denied(new RejectedReply.AuthError(AuthStat.AUTH_TOOWEAK)));
  }

  private static RpcMsg rejected(RpcReject why) throws XdrException {
    XdrWriter out = new XdrWriter();
    RpcHeader.writeReject(out, 5, protection(Credential.none()), why);
    return decode(out);
  }

  private static RpcMsg accepted(ReplyData data) {
    return new RpcMsg(
        5, new RpcBody.Reply(new ReplyBody.Accepted(new AcceptedReply(NO_AUTH, data))));
  }

  private static RpcMsg denied(RejectedReply why) {
    return new RpcMsg(5, new RpcBody.Reply(new ReplyBody.Denied(why)));
  }

  @Test
  void failuresAreDecodedFromTheRepliesThatReportThem() throws XdrException {
    assertThat(failure(RpcReject.PROG_UNAVAIL))
        .isEqualTo("PROG_UNAVAIL: the peer does not serve the program");
    assertThat(failure(RpcReject.PROC_UNAVAIL))
        .isEqualTo("PROC_UNAVAIL: the peer does not support the procedure");
    assertThat(failure(RpcReject.GARBAGE_ARGS))
        .isEqualTo("GARBAGE_ARGS: the peer cannot decode the arguments");
    assertThat(failure(RpcReject.SYSTEM_ERR))
        .isEqualTo("SYSTEM_ERR: the peer had an internal error, such as a lack of memory");
    assertThat(failure(new RpcReject.ProgMismatch(3, 4)))
        .isEqualTo("PROG_MISMATCH: the peer supports the versions 3 to 4");
    assertThat(failure(new RpcReject.RpcMismatch()))
        .isEqualTo("RPC_MISMATCH: the peer supports the versions 2 to 2");
    assertThat(failure(RpcReject.AUTH_TOOWEAK)).isEqualTo("AUTH_ERROR: auth_stat 5");
  }

  private static String failure(RpcReject why) throws XdrException {
    XdrWriter out = new XdrWriter();
    RpcHeader.writeReject(out, 5, protection(Credential.none()), why);
    return String.valueOf(RpcHeader.readFailure(new XdrReader(out.toOpaque())).getMessage());
  }

  @Test
  void truncatedReplyIsMalformed() {
    XdrWriter out = new XdrWriter();
    RpcHeader.writeReject(out, 5, protection(Credential.none()), new RpcReject.ProgMismatch(3, 4));
    for (int length = 8; length < out.size(); length++) {
      ByteBuffer cut = ByteBuffer.wrap(out.toByteArray(), 0, length);
      assertThatThrownBy(() -> RpcHeader.readFailure(new XdrReader(cut)))
          .isInstanceOf(XdrException.class);
    }
  }

  private static IncomingAuth reader() {
    return new IncomingAuth(
        AuthFlavors.STANDARD,
        new AuthConnection() {
          @Override
          public RpcPeer peer() {
            return PEER;
          }

          @Override
          public void secure(TransportLayer layer) {
            throw new UnsupportedOperationException();
          }
        });
  }

  private static @Nullable AuthVerdict read(ByteBuffer call) {
    return reader().verify(call);
  }

  /** The protection of a reply to a plain call. */
  private static ReplyProtection protection(Credential credential) {
    return ((AuthVerdict.Accepted) Objects.requireNonNull(read(bytes(call(credential)))))
        .protection();
  }

  private static ByteBuffer bytes(XdrWriter message) {
    return ByteBuffer.wrap(message.toByteArray());
  }

  @Test
  void credentialIsDecodedAndTheSameBytesYieldTheSameObject() {
    IncomingAuth reader = reader();
    ByteBuffer call = bytes(call(LINUX));
    var first = (AuthVerdict.Accepted) Objects.requireNonNull(reader.verify(call));
    assertThat(first.protection().principal()).isEqualTo(LINUX);
    assertThat(call.hasRemaining()).isFalse();
    assertThat(reader.verify(bytes(call(LINUX)))).isSameAs(first);
    Credential.Sys other = new Credential.Sys(0, Opaque.ofUtf8("client"), 1, 0, List.of());
    assertThat(reader.verify(bytes(call(other))))
        .isEqualTo(new AuthVerdict.Accepted(protection(other)));
    assertThat(reader.verify(bytes(call(Credential.none()))))
        .isEqualTo(new AuthVerdict.Accepted(protection(Credential.none())));
  }

  @Test
  void credentialOfAnUnknownFlavorOrWithABadBodyIsRejected() {
    var badCredential = AuthVerdict.Rejected.BADCRED;
    ByteBuffer gss = bytes(call(LINUX)).putInt(24, 6);
    assertThat(read(gss)).isEqualTo(badCredential);
    ByteBuffer longName = bytes(call(LINUX)).putInt(36, 7000);
    assertThat(read(longName)).isEqualTo(badCredential);
    ByteBuffer manyGroups = bytes(call(LINUX)).putInt(56, 17);
    assertThat(read(manyGroups)).isEqualTo(badCredential);
    ByteBuffer verifier = bytes(call(LINUX)).putInt(60, 1);
    assertThat(read(verifier)).isEqualTo(AuthVerdict.Rejected.BADVERF);
  }

  @Test
  void callWithATruncatedCredentialIsMalformed() {
    byte[] call = call(LINUX).toByteArray();
    for (int length = 12; length < call.length; length++) {
      assertThat(read(ByteBuffer.wrap(call, 0, length))).isNull();
    }
    assertThat(read(bytes(call(LINUX)).putInt(28, 400))).isNull();
    assertThat(read(bytes(call(LINUX)).putInt(64, 400))).isNull();
  }

  // RFC 5531 section 8.2 limits both to 400 bytes.
  @Test
  void credentialOrVerifierThatIsTooLongIsRejected() {
    for (int claimed : new int[] {401, 4096, -1, Integer.MAX_VALUE}) {
      assertThat(read(bytes(call(LINUX)).putInt(28, claimed)))
          .isEqualTo(AuthVerdict.Rejected.BADCRED);
      assertThat(read(bytes(call(LINUX)).putInt(64, claimed)))
          .isEqualTo(AuthVerdict.Rejected.BADVERF);
    }
  }

  @Test
  void credentialWithMoreThan16GroupsIsRejected() {
    List<Long> gids = LongStream.range(0, 17).boxed().toList();
    assertThatThrownBy(() -> new Credential.Sys(0, Opaque.EMPTY, 0, 0, gids))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
