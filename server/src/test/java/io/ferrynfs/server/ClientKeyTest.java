package io.ferrynfs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key of a client in the registry. */
class ClientKeyTest {
  private static final Opaque OWNER = Opaque.ofHex("00ff0a80");

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "1000", "4294967295", "9999999999", "007", "", "nobody", "jürgen@ÉCOLE.FR"})
  void keyIsRestoredFromItsBytes(String principal) {
    ClientKey key = new ClientKey(OWNER, 6, principal);
    assertThat(ClientKey.ofBytes(key.toBytes())).isEqualTo(key);
  }

  @Test
  void uidIsStoredAsANumber() {
    byte[] stored =
        ByteBuffer.allocate(16).putInt(1).putLong(4294967294L).put(OWNER.toByteArray()).array();
    assertThat(ClientKey.ofBytes(stored)).isEqualTo(new ClientKey(OWNER, 1, "4294967294"));
    assertThat(new ClientKey(OWNER, 1, "4294967294").toBytes()).isEqualTo(stored);
  }

  @Test
  void principalsOfOneOwneridHaveDifferentKeys() {
    assertThat(new ClientKey(OWNER, 6, "alice@EXAMPLE.ORG").toBytes())
        .isNotEqualTo(new ClientKey(OWNER, 6, "bob@EXAMPLE.ORG").toBytes());
  }

  @Test
  void truncatedKeyIsRejected() {
    byte[] whole = new ClientKey(Opaque.EMPTY, 6, "alice").toBytes();
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ClientKey.ofBytes(part))
          .withMessage("not a client key: " + length + " bytes");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1L << 32, -1026})
  void lengthBeyondTheBytesOrTheMaximumIsRejected(long number) {
    byte[] claims = ByteBuffer.allocate(12 + 1025).putInt(6).putLong(number).array();
    assertThatIllegalArgumentException().isThrownBy(() -> ClientKey.ofBytes(claims));
  }
}
