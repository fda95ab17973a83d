package io.ferrynfs.storage;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The text form of raw bytes for logs: UTF-8 if it is printable, hexadecimal otherwise. */
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
