package io.ferrynfs.wire.capture;

import io.ferrynfs.wire.capture.CapturedMessage.Kind;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.rpc.CallBody;
import io.ferrynfs.wire.rpc.RpcBody;
import io.ferrynfs.wire.rpc.RpcMsg;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.Payload;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Converts pcap files into the text resources of the tests. It is run by hand; see the README.md of
 * the resources.
 *
 * <p>It decodes and encodes every message with its captured bytes before it replaces the contents
 * of files. A message that differs after that is an error.
 */
final class CaptureExtractor {
  private static final int FILE_DATA_BYTES_KEPT = 64;
  private static final int RUN_BYTES_MIN = 16;

  private final Map<String, CapturedRecords> streams = new HashMap<>();
  private final Map<String, Kind> replies = new HashMap<>();
  private final List<CapturedMessage> messages = new ArrayList<>();

  private CaptureExtractor() {}

  /**
   * Converts all pcap files of a directory to one text file each.
   *
   * @param args the directory of the pcap files, and the output directory
   */
  public static void main(String... args) throws IOException, XdrException {
    try (var files = Files.newDirectoryStream(Path.of(args[0]), "*.pcap")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        List<CapturedMessage> messages = extract(Files.readAllBytes(file));
        StringBuilder text = new StringBuilder("# The RPC messages of " + name + "\n");
        for (CapturedMessage message : messages) {
          text.append(line(message)).append('\n');
        }
        Path target = Path.of(args[1]).resolve(name.replace(".pcap", ".txt"));
        Files.writeString(target, text, StandardCharsets.US_ASCII);
      }
    }
  }

  /** Returns the messages of a capture. */
  static List<CapturedMessage> extract(byte[] pcap) {
    CaptureExtractor extractor = new CaptureExtractor();
    for (TcpSegment segment : TcpSegment.ofPcap(pcap)) {
      extractor.add(segment);
    }
    for (var stream : extractor.streams.entrySet()) {
      if (!stream.getValue().isComplete()) {
        throw new IllegalArgumentException("capture lacks bytes of the stream " + stream.getKey());
      }
    }
    return extractor.messages;
  }

  private void add(TcpSegment segment) {
    String direction = segment.from() + " " + segment.to();
    if (segment.data().isEmpty()) {
      streams.put(direction, stream(segment));
    } else {
      streams.computeIfAbsent(direction, _ -> stream(segment)).add(segment);
    }
  }

  private CapturedRecords stream(TcpSegment first) {
    return new CapturedRecords(
        first.sequence(),
        (bytes, frame) -> {
          Kind kind = kind(first.from(), first.to(), bytes);
          messages.add(
              new CapturedMessage(frame, kind, first.from(), first.to(), Opaque.of(bytes)));
        });
  }

  private Kind kind(String from, String to, byte[] bytes) {
    try {
      RpcMsg head = RpcMsg.decode(new XdrReader(ByteBuffer.wrap(bytes)));
      return switch (head.body()) {
        case RpcBody.Call(CallBody call) -> {
          Kind kind = kind(call);
          replies.put(to + " " + from + " " + head.xid(), kind.reply());
          yield kind;
        }
        case RpcBody.Reply reply -> {
          Kind kind = replies.remove(from + " " + to + " " + head.xid());
          if (kind == null) {
            throw new IllegalArgumentException("capture lacks the call of the reply " + head);
          }
          yield kind;
        }
      };
    } catch (XdrException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Kind kind(CallBody call) {
    boolean isNull = call.proc() == Nfs4.NFSPROC4_NULL;
    if (call.prog() == Nfs4.NFS4_PROGRAM) {
      return isNull ? Kind.NULL_CALL : Kind.COMPOUND_CALL;
    }
    return isNull ? Kind.CB_NULL_CALL : Kind.CB_COMPOUND_CALL;
  }

  private static String line(CapturedMessage message) throws XdrException {
    XdrWriter encoded = NfsMessage.decode(message.kind(), message.bytes()).encode();
    if (!encoded.toOpaque().equals(message.bytes())) {
      throw new XdrException("frame " + message.frame() + " differs after decoding and encoding");
    }
    StringBuilder line =
        new StringBuilder(message.frame() + " " + message.kind())
            .append(" " + message.from() + " " + message.to());
    for (Payload segment : encoded.segments()) {
      ByteBuffer buffer = segment.bytes();
      byte[] bytes = new byte[buffer.remaining()];
      // Only bulk data is a slice of the read-only message.
      boolean isFileData = buffer.isReadOnly();
      buffer.get(bytes);
      if (isFileData && bytes.length > FILE_DATA_BYTES_KEPT && !isRun(bytes)) {
        line.append(" ~").append(bytes.length);
      } else {
        appendHex(line, bytes);
      }
    }
    return line.toString();
  }

  private static void appendHex(StringBuilder line, byte[] bytes) {
    int start = 0;
    for (int at = 0; at < bytes.length; ) {
      int end = at + 1;
      while (end < bytes.length && bytes[end] == bytes[at]) {
        end++;
      }
      if (end - at >= RUN_BYTES_MIN) {
        appendPlain(line, bytes, start, at);
        line.append(String.format(" %02x*%d", bytes[at], end - at));
        start = end;
      }
      at = end;
    }
    appendPlain(line, bytes, start, bytes.length);
  }

  private static void appendPlain(StringBuilder line, byte[] bytes, int from, int to) {
    if (from < to) {
      line.append(' ').append(HexFormat.of().formatHex(bytes, from, to));
    }
  }

  private static boolean isRun(byte[] bytes) {
    for (byte b : bytes) {
      if (b != bytes[0]) {
        return false;
      }
    }
    return true;
  }
}
