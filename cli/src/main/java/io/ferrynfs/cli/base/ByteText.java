package io.ferrynfs.cli.base;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Conversions between strings and byte sequences that need not be UTF-8.
 *
 * <p>File names and arguments are bytes. A byte that is not part of valid UTF-8 becomes the lone
 * surrogate U+DC00 plus its value, so that the conversion is lossless. Python calls this
 * "surrogateescape".
 */
public final class ByteText {
  private static final int ESCAPE = 0xdc00;

  private ByteText() {}

  /** Returns the text of these bytes. {@link #bytes} is the inverse. */
  public static String of(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    // A byte decodes to at most one character.
    CharBuffer out = CharBuffer.allocate(bytes.length);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE + (in.get() & 0xff)));
      }
      decoder.reset();
    }
  }

  /**
   * Returns the bytes of a text: the original bytes of a text that {@link #of} returned, UTF-8
   * otherwise.
   */
  public static byte[] bytes(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
    text.codePoints()
        .forEach(point -> {
          if (isEscape(point)) {
            out.write(point - ESCAPE);
          } else {
            out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
          }
        });
    return out.toByteArray();
  }

  /** Returns whether this code point represents a byte that is not UTF-8. */
  static boolean isEscape(int codePoint) {
    return codePoint >= ESCAPE + 0x80 && codePoint <= ESCAPE + 0xff;
  }

  /** Returns whether the bytes are valid UTF-8. */
  public static boolean isUtf8(byte[] bytes) {
    try {
      var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
