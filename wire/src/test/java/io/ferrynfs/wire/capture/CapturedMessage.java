package io.ferrynfs.wire.capture;

import io.ferrynfs.wire.xdr.Opaque;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * An RPC message of a capture.
 *
 * @param frame the number of the packet that completed the message, as in Wireshark
 * @param kind the kind of the message
 * @param from the sender, as {@code address:port}
 * @param to the receiver, as {@code address:port}
 * @param bytes the message, without record marks
 */
record CapturedMessage(int frame, Kind kind, String from, String to, Opaque bytes) {
  /** The kind of a message: its procedure, and whether it is a call or a reply. */
  enum Kind {
    NULL_CALL,
    NULL_REPLY,
    COMPOUND_CALL,
    COMPOUND_REPLY,
    CB_NULL_CALL,
    CB_NULL_REPLY,
    CB_COMPOUND_CALL,
    CB_COMPOUND_REPLY;

    /** Returns the kind of the reply to a call of this kind. */
    Kind reply() {
      return valueOf(name().replace("CALL", "REPLY"));
    }
  }

  /** Returns the messages of a capture, in the order of their last packets. */
  static List<CapturedMessage> ofResource(String name) {
    try (InputStream in = CapturedMessage.class.getResourceAsStream("/captures/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no capture " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(CapturedMessage::ofLine)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Parses a line. The README.md of the resources describes the format. */
  static CapturedMessage ofLine(String line) {
    String[] words = line.split(" ", -1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 4; i < words.length; i++) {
      bytes.writeBytes(piece(words[i]));
    }
    return new CapturedMessage(
        Integer.parseInt(words[0]),
        Kind.valueOf(words[1]),
        words[2],
        words[3],
        Opaque.of(bytes.toByteArray()));
  }

  private static byte[] piece(String word) {
    int star = word.indexOf('*');
    if (star >= 0) {
      byte[] run = new byte[Integer.parseInt(word.substring(star + 1))];
      Arrays.fill(run, (byte) Integer.parseInt(word.substring(0, star), 16));
      return run;
    }
    return word.startsWith("~")
        ? fileData(Integer.parseInt(word.substring(1)))
        : HexFormat.of().parseHex(word);
  }

  /** Returns replacement contents of a file: bytes that vary, so that shifted contents differ. */
  static byte[] fileData(int length) {
    byte[] data = new byte[length];
    for (int i = 0; i < length; i++) {
      data[i] = (byte) (i ^ i >>> 8);
    }
    return data;
  }
}
