package io.ferrynfs.wire.xdr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class XdrReaderTest {
  private static XdrReader reader(String hex) {
    return new XdrReader(Opaque.ofHex(hex.replace(" ", "")));
  }

  private static void fails(ThrowingCallable read, String message) {
    assertThatExceptionOfType(XdrException.class).isThrownBy(read).withMessage(message);
  }

  @Test
  void peekedIntegerIsReadNext() throws XdrException {
    var in = new XdrReader(ByteBuffer.wrap(new byte[] {0, 0, 0, 7, 1}));
    assertThat(in.peekInt()).isEqualTo(7);
    assertThat(in.readInt()).isEqualTo(7);
    fails(in::peekInt, "message of 5 bytes is truncated: 4 bytes expected at byte 4");
  }

  @Test
  void integersAreBigEndian() throws XdrException {
    XdrReader in = reader("80000000 80000000 fffffffffffffffe");
    assertThat(in.readInt()).isEqualTo(Integer.MIN_VALUE);
    assertThat(in.readUint32()).isEqualTo(0x80000000L);
    assertThat(in.readLong()).isEqualTo(-2);
    in.expectEnd();
  }

  @Test
  void booleanIsZeroOrOne() throws XdrException {
    XdrReader in = reader("00000000 00000001 ffffffff");
    assertThat(in.readBoolean()).isFalse();
    assertThat(in.readBoolean()).isTrue();
    fails(in::readBoolean, "invalid boolean 4294967295");
  }

  @Test
  void truncatedMessageFailsWithThePosition() {
    XdrReader in = reader("000000");
    fails(in::readInt, "message of 3 bytes is truncated: 4 bytes expected at byte 0");
    fails(
        () -> reader("00000000").readLong(),
        "message of 4 bytes is truncated: 8 bytes expected at byte 0");
  }

  @Test
  void bytesAfterTheEndAreRejected() {
    fails(() -> reader("00000000 00").expectEnd(), "5 bytes follow the end of the message");
  }

  @Test
  void opaqueDataIsPadded() throws XdrException {
    XdrReader in = reader("00000003 61626300 00000001");
    assertThat(in.readOpaque(3)).isEqualTo(Opaque.ofUtf8("abc"));
    assertThat(in.readInt()).isEqualTo(1);
  }

  @Test
  void nonZeroPaddingIsAccepted() throws XdrException {
    XdrReader in = reader("00000001 61ffffff 62eeeeee");
    assertThat(in.readOpaque(8)).isEqualTo(Opaque.ofUtf8("a"));
    assertThat(in.readFixedOpaque(1)).isEqualTo(Opaque.ofUtf8("b"));
    in.expectEnd();
  }

  @Test
  void missingPaddingIsRejected() {
    fails(
        () -> reader("00000003 616263").readOpaque(8),
        "message of 7 bytes is truncated: 4 bytes expected at byte 4");
  }

  @Test
  void lengthAboveTheLimitIsRejectedEvenIfTheBytesArePresent() {
    fails(() -> reader("00000002 61620000").readOpaque(1), "opaque of 2 bytes; the limit is 1");
    fails(() -> reader("00000002 61620000").readPayload(1), "opaque of 2 bytes; the limit is 1");
    fails(
        () -> reader("00000002 00000001 00000002").readList(1, 4, XdrReader::readInt),
        "list of 2 items; the limit is 1");
    fails(
        () ->
            reader("00000001 00000007 00000001 00000008 00000000")
                .readLinkedList(1, XdrReader::readInt),
        "linked list of more than 1 items");
  }

  @Test
  void countBeyondTheRemainingBytesIsRejectedBeforeAllocation() {
    fails(
        () -> reader("00ffffff 00000000").readList(0x7fffffffL, 4, XdrReader::readInt),
        "list of 16777215 items, but only 4 bytes remain");
    fails(
        () -> reader("ffffffff").readOpaque(0xffffffffL),
        "message of 4 bytes is truncated: 4294967295 bytes expected at byte 4");
  }

  @Test
  void payloadIsASliceOfTheBuffer() throws XdrException {
    byte[] buffer = Opaque.ofHex("00000002aabb0000").toByteArray();
    Payload payload = new XdrReader(ByteBuffer.wrap(buffer)).readPayload(8);
    buffer[4] = 0x11;
    assertThat(payload).isEqualTo(BufferPayload.of(new byte[] {0x11, (byte) 0xbb}));
  }

  @Test
  void payloadInAnotherBufferIsReadAtItsPosition() throws XdrException {
    Payload placed = BufferPayload.of(new byte[] {1, 2, 3});
    ByteBuffer message = Opaque.ofHex("00000007000000030000000009").asByteBuffer().slice();
    var in = new XdrReader(message.limit(13), 8, placed);
    assertThat(in.readInt()).isEqualTo(7);
    assertThat(in.readPayload(16)).isEqualTo(BufferPayload.of(new byte[] {1, 2, 3}));
    assertThat(in.readInt()).isEqualTo(9);
  }

  @Test
  void listsAndOptionalsAreDecoded() throws XdrException {
    XdrReader in =
        reader(
            "00000002 00000001 00000002  00000001 00000003 00000000  00000000  00000001 00000004");
    assertThat(in.readList(2, 4, XdrReader::readInt)).isEqualTo(List.of(1, 2));
    assertThat(in.readLinkedList(9, XdrReader::readInt)).isEqualTo(List.of(3));
    assertThat(in.readOptional(XdrReader::readInt)).isNull();
    assertThat(in.readOptional(XdrReader::readInt)).isEqualTo(4);
    in.expectEnd();
  }
}
