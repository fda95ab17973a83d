package io.ferrynfs.wire.testing;

import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.function.Function;

/**
 * A generated type, with its codec and a source of random values.
 *
 * @param type the class
 * @param random a function that returns a random value
 * @param decoder a function that reads a value
 * @param encoder a function that writes a value
 */
public record Sample<T>(
    Class<T> type,
    Function<RandomValues, T> random,
    XdrReader.Decoder<T> decoder,
    XdrWriter.Encoder<T> encoder) {

  /** Returns the encoded bytes of a value. */
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
