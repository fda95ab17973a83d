package io.ferrynfs.wire.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks properties of every type that the schemas declare. */
class GeneratedTypesTest {
  private static final int SEEDS = 50;
  private static final int HOSTILE_SEEDS = 4;

  /**
   * Lengths for the attack: numbers beyond every limit, and a number of each order of magnitude
   * within the limits, which only the check against the remaining bytes rejects.
   */
  private static final int[] HOSTILE_WORDS = {
    -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x3fffff, 0xffff, 0xfff, 0x3ff, 0x3f
  };

  /**
   * The maximum allocation of a decoder: an exception with its message, and the objects of a
   * message.
   */
  private static final int ALLOCATED_BYTES_FIXED = 1024;

  private static final int ALLOCATED_BYTES_PER_BYTE = 32;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Stream<Sample<?>> types() {
    return Stream.of(Nfs4Samples.all(), RpcSamples.all(), AdminSamples.all()).flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("types")
  <T> void randomValueIsEqualAfterEncodingAndDecoding(Sample<T> type) throws XdrException {
    for (long seed = 0; seed < SEEDS; seed++) {
      T value = type.random().apply(new RandomValues(seed));
      byte[] bytes = type.encode(value);
      var in = new XdrReader(ByteBuffer.wrap(bytes));
      T decoded = type.decoder().decode(in);
      in.expectEnd();
      assertThat(decoded).as("seed %d", seed).isEqualTo(value);
      assertThat(type.encode(decoded)).as("seed %d", seed).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  <T> void everyProperPrefixOfAMessageIsRejected(Sample<T> type) {
    byte[] bytes = type.encode(type.random().apply(new RandomValues(1)));
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer beginning = ByteBuffer.wrap(bytes, 0, length);
      assertThat(decodesTo(type, beginning)).as("%d of %d bytes", length, bytes.length).isNull();
    }
  }

  /**
   * Replaces every word by a number that is too large. If the word is a length or a count, decoding
   * must fail. Otherwise the encoded value must keep its length. Neither case may allocate more
   * memory than a small multiple of the message.
   */
  @ParameterizedTest
  @MethodSource("types")
  <T> void lengthBeyondTheMessageAllocatesNoMemory(Sample<T> type) {
    for (long seed = 0; seed < HOSTILE_SEEDS; seed++) {
      byte[] bytes = type.encode(type.random().apply(new RandomValues(seed)));
      for (int at = 0; at + 4 <= bytes.length; at += 4) {
        for (int word : HOSTILE_WORDS) {
          byte[] hostile = bytes.clone();
          ByteBuffer.wrap(hostile).putInt(at, word);
          if (!isHarmless(type, hostile)) {
            fail("seed %d, word at %d is %d", seed, at, word);
          }
        }
      }
    }
  }

  private static <T> boolean isHarmless(Sample<T> type, byte[] hostile) {
    // Runs once before the measurement because the first string concatenation allocates.
    T value = decodesTo(type, ByteBuffer.wrap(hostile));
    long before = THREADS.getCurrentThreadAllocatedBytes();
    decodesTo(type, ByteBuffer.wrap(hostile));
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    long allowed = ALLOCATED_BYTES_FIXED + (long) ALLOCATED_BYTES_PER_BYTE * hostile.length;
    return allocated < allowed && (value == null || type.encode(value).length == hostile.length);
  }

  /** Returns the value of a whole message, or null if the bytes are not a valid message. */
  private static <T> @Nullable T decodesTo(Sample<T> type, ByteBuffer bytes) {
    try {
      var in = new XdrReader(bytes);
      T value = type.decoder().decode(in);
      in.expectEnd();
      return value;
    } catch (XdrException e) {
      return null;
    }
  }
}
