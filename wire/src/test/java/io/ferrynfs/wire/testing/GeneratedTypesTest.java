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

/** What holds for every type that the schemas declare. */
class GeneratedTypesTest {
  private static final int SEEDS = 50;
  private static final int HOSTILE_SEEDS = 4;

  /**
   * Beyond every bound; and for each order of magnitude of the schema's bounds a number that is
   * within it, so that only the bytes that remain speak against it.
   */
  private static final int[] HOSTILE_WORDS = {
    -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x3fffff, 0xffff, 0xfff, 0x3ff, 0x3f
  };

  /** What a decoder may allocate: an exception with its message, and the objects of a message. */
  private static final int ALLOCATED_BYTES_FIXED = 1024;

  private static final int ALLOCATED_BYTES_PER_BYTE = 32;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Stream<Sample<?>> types() {
    return Stream.of(Nfs4Samples.all(), RpcSamples.all(), AdminSamples.all()).flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("types")
  <T> void aRandomValueIsTheSameAfterTheWire(Sample<T> type) throws XdrException {
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
  <T> void noBeginningOfAMessageIsAMessage(Sample<T> type) {
    byte[] bytes = type.encode(type.random().apply(new RandomValues(1)));
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer beginning = ByteBuffer.wrap(bytes, 0, length);
      assertThat(decodesTo(type, beginning)).as("%d of %d bytes", length, bytes.length).isNull();
    }
  }

  /**
   * Puts numbers that are too great in place of every word. Where the word is a length or count, no
   * value can come of it; where it is not, the value must be as long as before. Neither may cost
   * more memory than the message is worth.
   */
  @ParameterizedTest
  @MethodSource("types")
  <T> void aHostileLengthAllocatesNothing(Sample<T> type) {
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
    // Once before measuring: the first use of a string concatenation links it, which allocates.
    T value = decodesTo(type, ByteBuffer.wrap(hostile));
    long before = THREADS.getCurrentThreadAllocatedBytes();
    decodesTo(type, ByteBuffer.wrap(hostile));
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    long allowed = ALLOCATED_BYTES_FIXED + (long) ALLOCATED_BYTES_PER_BYTE * hostile.length;
    return allocated < allowed && (value == null || type.encode(value).length == hostile.length);
  }

  /** The value of a whole message, or null when it is not one. */
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
