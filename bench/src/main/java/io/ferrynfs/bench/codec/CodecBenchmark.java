package io.ferrynfs.bench.codec;

import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.xdr.Payload;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the decoding and encoding of COMPOUNDs and their replies. Encoding ends with the
 * segments that a connection sends. The data of a READ is a payload in both directions, so it must
 * affect neither the time nor the allocated bytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
  private final Compound4Args getattrCall = Messages.getattrCall();
  private final Compound4Res getattrReply = Messages.getattrReply();
  private final Compound4Args openCall = Messages.openCall();
  private final Compound4Res readReply = Messages.readReply();
  private final Compound4Res readdirReply = Messages.readdirReply();

  private final ByteBuffer getattrCallBytes = received(encode(getattrCall));
  private final ByteBuffer getattrReplyBytes = received(encode(getattrReply));
  private final ByteBuffer openCallBytes = received(encode(openCall));
  private final ByteBuffer readReplyBytes = received(encode(readReply));
  private final ByteBuffer readdirReplyBytes = received(encode(readdirReply));

  @Benchmark
  public Compound4Args getattrCallDecode() throws XdrException {
    return Compound4Args.decode(new XdrReader(getattrCallBytes));
  }

  @Benchmark
  public List<Payload> getattrCallEncode() {
    return encode(getattrCall);
  }

  @Benchmark
  public Compound4Res getattrReplyDecode() throws XdrException {
    return Compound4Res.decode(new XdrReader(getattrReplyBytes));
  }

  @Benchmark
  public List<Payload> getattrReplyEncode() {
    return encode(getattrReply);
  }

  @Benchmark
  public Compound4Args openCallDecode() throws XdrException {
    return Compound4Args.decode(new XdrReader(openCallBytes));
  }

  @Benchmark
  public List<Payload> openCallEncode() {
    return encode(openCall);
  }

  @Benchmark
  public Compound4Res readReplyDecode() throws XdrException {
    return Compound4Res.decode(new XdrReader(readReplyBytes));
  }

  @Benchmark
  public List<Payload> readReplyEncode() {
    return encode(readReply);
  }

  @Benchmark
  public Compound4Res readdirReplyDecode() throws XdrException {
    return Compound4Res.decode(new XdrReader(readdirReplyBytes));
  }

  @Benchmark
  public List<Payload> readdirReplyEncode() {
    return encode(readdirReply);
  }

  private static List<Payload> encode(Compound4Args call) {
    XdrWriter out = new XdrWriter();
    call.encode(out);
    return out.segments();
  }

  private static List<Payload> encode(Compound4Res reply) {
    XdrWriter out = new XdrWriter();
    reply.encode(out);
    return out.segments();
  }

  /** Returns the bytes in one direct buffer, as a connection receives them. */
  private static ByteBuffer received(List<Payload> segments) {
    int size = segments.stream().mapToInt(Payload::length).sum();
    ByteBuffer all = ByteBuffer.allocateDirect(size);
    segments.forEach(segment -> all.put(segment.bytes()));
    return all.flip();
  }
}
