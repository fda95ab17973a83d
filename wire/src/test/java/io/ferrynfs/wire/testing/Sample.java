package io.ferrynfs.wire.testing;

import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.function.Function;

/**
 * A generated type.
 *
 * @param type its class
 * @param random makes a value of it
 * @param decoder reads one
 * @param encoder writes one
 */
public record Sample<T>(
    Class<T> type,
    Function<RandomValues, T> random,
    XdrReader.Decoder<T> decoder,
    XdrWriter.Encoder<T> encoder) {

  /** The bytes of a value. */
  public byte[] encode(T value) {
    var out = new XdrWriter();
    encoder.encode(value, out);
    return out.toByteArray();
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }
}
