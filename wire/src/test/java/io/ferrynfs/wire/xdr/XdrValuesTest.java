package io.ferrynfs.wire.xdr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

/** Checks the value classes Opaque, Bitmap4 and BufferPayload. */
class XdrValuesTest {
  @Test
  void opaqueCopiesItsBytes() {
    byte[] given = {1, 2};
    Opaque opaque = Opaque.of(given);
    given[0] = 9;
    opaque.toByteArray()[1] = 9;
    assertThat(opaque).isEqualTo(Opaque.ofHex("0102"));
    assertThatExceptionOfType(ReadOnlyBufferException.class)
        .isThrownBy(() -> opaque.asByteBuffer().put((byte) 9));
  }

  @Test
  void opaquePrintsTextOrHexadecimalDigits() {
    assertThat(Opaque.ofUtf8("file.txt")).hasToString("\"file.txt\"");
    assertThat(Opaque.ofHex("00ff")).hasToString("0x00ff");
    assertThat(Opaque.EMPTY).hasToString("\"\"");
  }

  @Test
  void opaqueOfABufferDoesNotMoveItsPosition() {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2, 3}).position(1);
    assertThat(Opaque.of(buffer)).isEqualTo(Opaque.ofHex("0203"));
    assertThat(buffer.position()).isEqualTo(1);
  }

  @Test
  void decodedBitmapKeepsItsTrailingZeroWords() throws XdrException {
    Opaque wire = Opaque.ofHex("00000003" + "00000018" + "00000002" + "00000000");
    Bitmap4 bitmap = Bitmap4.decode(new XdrReader(wire));
    var out = new XdrWriter();
    bitmap.encode(out);
    assertThat(out.toOpaque()).isEqualTo(wire);
    assertThat(bitmap).hasToString("{3, 4, 33}").isNotEqualTo(Bitmap4.of(3, 4, 33));
    assertThat(bitmap.and(bitmap)).isEqualTo(Bitmap4.of(3, 4, 33));
  }

  // RFC 8881 section 3.3.7 does not limit the number of words.
  @Test
  void bitBeyondTheWordLimitBecomesOneUnknownNumber() throws XdrException {
    String words = "0000000c" + "00000018" + "00000000".repeat(7);
    String end = "11223344";
    XdrReader zeros = new XdrReader(Opaque.ofHex(words + "00000000".repeat(4) + end));
    assertThat(Bitmap4.decode(zeros)).isEqualTo(Bitmap4.ofWords(24, 0, 0, 0, 0, 0, 0, 0));
    assertThat(zeros.readInt()).as("next word").isEqualTo(0x11223344);
    XdrReader unknown = new XdrReader(Opaque.ofHex(words + "00000000".repeat(3) + "00000001"));
    assertThat(Bitmap4.decode(unknown)).isEqualTo(Bitmap4.of(3, 4, 255));
    assertThatExceptionOfType(XdrException.class)
        .isThrownBy(() -> Bitmap4.decode(new XdrReader(Opaque.ofHex("ffffffff"))))
        .withMessage("bitmap has 4294967295 words, but only 0 bytes remain");
    assertThatIllegalArgumentException().isThrownBy(() -> Bitmap4.of(256));
    assertThatIllegalArgumentException().isThrownBy(() -> Bitmap4.of(-1));
  }

  @Test
  void bitmapsSupportSetOperations() {
    Bitmap4 a = Bitmap4.of(0, 31, 32, 82);
    Bitmap4 b = Bitmap4.of(31, 82);
    assertThat(a.and(b)).isEqualTo(b);
    assertThat(a.andNot(b)).isEqualTo(Bitmap4.of(0, 32));
    assertThat(b.or(Bitmap4.of(0, 32))).isEqualTo(a);
    assertThat(a.size()).isEqualTo(4);
    assertThat(a.has(82)).isTrue();
    assertThat(a.has(81)).isFalse();
    assertThat(a.has(-1)).isFalse();
    assertThat(a.has(1000)).isFalse();
    assertThat(a.andNot(a)).isEqualTo(Bitmap4.EMPTY);
    assertThat(Bitmap4.ofWords(0, 0).isEmpty()).isTrue();
  }

  @Test
  void bitmapIsIteratedInAscendingOrder() {
    Bitmap4 bitmap = Bitmap4.of(5, 31, 64);
    assertThat(bitmap.next(0)).isEqualTo(5);
    assertThat(bitmap.next(6)).isEqualTo(31);
    assertThat(bitmap.next(32)).isEqualTo(64);
    assertThat(bitmap.next(65)).isEqualTo(-1);
    assertThat(bitmap.next(96)).isEqualTo(-1);
  }

  @Test
  void payloadsWithEqualBytesAreEqual() {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {0, 1, 2, 0}).position(1).limit(3);
    BufferPayload payload = new BufferPayload(buffer);
    buffer.position(0);
    payload.bytes().get();
    payload.slice().get();
    assertThat(payload).isEqualTo(BufferPayload.of(new byte[] {1, 2}));
    assertThat(payload.length()).isEqualTo(2);
  }
}
