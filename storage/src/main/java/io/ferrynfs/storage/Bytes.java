package io.ferrynfs.storage;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Text of raw bytes for logs: as UTF-8 when it is printable UTF-8, as hexadecimal otherwise. */
final class Bytes {
  private Bytes() {}

  static String toDisplay(byte[] bytes) {
    return isPrintable(bytes)
        ? new String(bytes, StandardCharsets.UTF_8)
        : "0x" + HexFormat.of().formatHex(bytes);
  }

  private static boolean isPrintable(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes))
          .chars()
          .noneMatch(Character::isISOControl);
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
