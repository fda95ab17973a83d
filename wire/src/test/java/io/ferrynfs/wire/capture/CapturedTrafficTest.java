package io.ferrynfs.wire.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.wire.capture.CapturedMessage.Kind;
import io.ferrynfs.wire.rpc.AuthsysParms;
import io.ferrynfs.wire.rpc.CallBody;
import io.ferrynfs.wire.rpc.Rpc;
import io.ferrynfs.wire.rpc.RpcBody;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decodes all captured messages, which cover the rules W-001 to W-030. */
class CapturedTrafficTest {
  @ParameterizedTest
  @CsvSource({
    "01-basic-knfsd, 82",
    "02-basic-ganesha, 108",
    "03-copy-intra-small-sync, 64",
    "04-copy-intra-large-async, 48",
    "05-copy-inter, 122",
    "06-copy-intra-cancel, 52",
    "07-copy-inter-cancel, 130",
    "08-clone-xfs, 100",
    "09-alloc-seek-xfs, 84",
    "10-xattr-ext4, 72",
    "11-copy-inter-denied, 104",
    "12-copy-inter-client612, 122",
    "13-copy-large-knfsd612, 52",
    "14-read-plus, 48",
    "15-renew-restart, 74",
    "16-deleg-recall, 92",
    "17-copy-inter-all612, 122",
    "18-cancel-inter-all612, 126"
  })
  void everyMessageDecodesAndEncodesToTheSameBytes(String capture, int count) throws XdrException {
    List<CapturedMessage> messages = CapturedMessage.ofResource(capture + ".txt");
    assertThat(messages).hasSize(count);
    for (CapturedMessage message : messages) {
      NfsMessage decoded = NfsMessage.decode(message.kind(), message.bytes());
      assertThat(decoded.encode().toOpaque())
          .as("frame %d: %s", message.frame(), decoded)
          .isEqualTo(message.bytes());
    }
  }

  @Test
  void truncatedMessageIsRejected() {
    for (CapturedMessage message : CapturedMessage.ofResource("04-copy-intra-large-async.txt")) {
      if (message.kind() == Kind.COMPOUND_REPLY) {
        byte[] whole = message.bytes().toByteArray();
        for (int length = 0; length < whole.length; length++) {
          Opaque part = Opaque.of(Arrays.copyOf(whole, length));
          assertThat(isRejected(message.kind(), part)).as("first %d bytes", length).isTrue();
        }
      }
    }
  }

  @Test
  void credentialOfEveryCallDecodesAndEncodesToTheSameBytes() throws XdrException {
    int credentials = 0;
    for (CapturedMessage message : CapturedMessage.ofResource("05-copy-inter.txt")) {
      NfsMessage decoded = NfsMessage.decode(message.kind(), message.bytes());
      if (decoded.head().body() instanceof RpcBody.Call(CallBody call)
          && call.cred().flavor() == Rpc.AUTH_SYS) {
        Opaque body = call.cred().body();
        XdrReader in = new XdrReader(body);
        AuthsysParms parms = AuthsysParms.decode(in);
        in.expectEnd();
        XdrWriter out = new XdrWriter();
        parms.encode(out);
        assertThat(out.toOpaque()).isEqualTo(body);
        credentials++;
      }
    }
    assertThat(credentials).isGreaterThan(50);
  }

  private static boolean isRejected(Kind kind, Opaque bytes) {
    try {
      NfsMessage.decode(kind, bytes);
      return false;
    } catch (XdrException e) {
      return true;
    }
  }
}
