package io.ferrynfs.wire.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ferrynfs.wire.capture.CapturedMessage.Kind;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks that decoding arbitrary bytes returns a value or throws an {@link XdrException}.
 *
 * <p>In a normal build this test runs on a message of every kind from every capture. With {@code
 * JAZZER_FUZZ=1} a coverage-guided fuzzer mutates these messages. Several encodings can decode to
 * the same value because padding is arbitrary. The test therefore compares decoded values and not
 * bytes.
 */
class CompoundFuzzTest {
  private static final List<String> CAPTURES =
      List.of(
          "01-basic-knfsd.txt",
          "05-copy-inter.txt",
          "06-copy-intra-cancel.txt",
          "08-clone-xfs.txt",
          "09-alloc-seek-xfs.txt",
          "10-xattr-ext4.txt",
          "14-read-plus.txt",
          "15-renew-restart.txt",
          "16-deleg-recall.txt");
  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final int SEED_BYTES_MAX = 1024;

  @MethodSource("seeds")
  @Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SAME_THREAD)
  @FuzzTest(maxDuration = "2m")
  void arbitraryBytesDecodeOrAreRejected(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return;
    }
    Kind kind = KINDS.get((bytes[0] & 0xff) % KINDS.size());
    Opaque message = Opaque.of(Arrays.copyOfRange(bytes, 1, bytes.length));
    NfsMessage value;
    try {
      value = NfsMessage.decode(kind, message);
    } catch (XdrException e) {
      assertThat(e.getMessage()).isNotBlank();
      return;
    }
    Opaque encoded = value.encode().toOpaque();
    NfsMessage again;
    try {
      again = NfsMessage.decode(kind, encoded);
    } catch (XdrException e) {
      throw new AssertionError("cannot decode the encoding of " + value, e);
    }
    assertThat(again).isEqualTo(value).hasSameHashCodeAs(value);
    assertThat(again.encode().toOpaque()).isEqualTo(encoded);
    assertThat(encoded.size()).isEqualTo(message.size());
    assertThat(Objects.toString(value)).isNotBlank();
  }

  /**
   * Returns one message of each kind and length, because messages of equal length differ little.
   */
  static Stream<byte[]> seeds() {
    return CAPTURES.stream()
        .flatMap(capture -> CapturedMessage.ofResource(capture).stream())
        .filter(message -> message.bytes().size() <= SEED_BYTES_MAX)
        .collect(
            Collectors.toMap(
                message -> message.kind() + " " + message.bytes().size(),
                CompoundFuzzTest::seed,
                (first, second) -> first,
                TreeMap::new))
        .values()
        .stream();
  }

  private static byte[] seed(CapturedMessage message) {
    return ByteBuffer.allocate(message.bytes().size() + 1)
        .put((byte) KINDS.indexOf(message.kind()))
        .put(message.bytes().asByteBuffer())
        .array();
  }
}
