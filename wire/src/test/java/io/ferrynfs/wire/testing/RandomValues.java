package io.ferrynfs.wire.testing;

import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A seeded source of random values of the basic types, for the generated samples. Edge cases (0,
 * the maximum, a length equal to the limit) are much more frequent than in a uniform distribution.
 */
public final class RandomValues {
  private static final int BYTES_USUAL = 40;
  private static final int BYTES_EDGE_MAX = 1024;
  private static final int ITEMS_USUAL = 3;

  private final Random random;

  /** Creates a source whose values depend on the seed only. */
  public RandomValues(long seed) {
    random = new Random(seed);
  }

  /** Returns a number from 0 to the limit exclusive. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** Returns any int. */
  public int int32() {
    return switch (below(8)) {
      case 0 -> 0;
      case 1 -> Integer.MAX_VALUE;
      case 2 -> -1;
      default -> random.nextInt();
    };
  }

  /** Returns a number from 0 to 2^32-1. */
  public long uint32() {
    return Integer.toUnsignedLong(int32());
  }

  /** Returns any long. */
  public long int64() {
    return switch (below(8)) {
      case 0 -> 0;
      case 1 -> Long.MAX_VALUE;
      case 2 -> -1;
      default -> random.nextLong();
    };
  }

  /** Returns true or false. */
  public boolean bool() {
    return random.nextBoolean();
  }

  /** Returns the given number of bytes. */
  public Opaque bytes(long size) {
    return Opaque.of(array((int) size));
  }

  /** Returns some bytes: usually few, sometimes as many as a small limit allows. */
  public Opaque bytesUpTo(long bound) {
    return bytes(length(bound));
  }

  /** Returns bulk data. */
  public Payload payload(long bound) {
    return BufferPayload.of(array(length(bound)));
  }

  private int length(long bound) {
    if (bound <= BYTES_EDGE_MAX && below(8) == 0) {
      return (int) bound;
    }
    return below((int) Math.min(bound, BYTES_USUAL) + 1);
  }

  private byte[] array(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Returns a bitmap of up to three words. */
  public Bitmap4 bitmap() {
    return Bitmap4.ofWords(random.ints(below(4)).toArray());
  }

  /** Returns the given number of items. */
  public <T> List<T> listOf(long size, Supplier<T> item) {
    List<T> items = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      items.add(item.get());
    }
    return items;
  }

  /** Returns a few items. */
  public <T> List<T> listUpTo(long bound, Supplier<T> item) {
    return listOf(below((int) Math.min(bound, ITEMS_USUAL) + 1), item);
  }

  /** Returns a value or null. */
  public <T> @Nullable T optional(Supplier<T> item) {
    return bool() ? item.get() : null;
  }

  /** Returns one of the given values. */
  @SafeVarargs
  public final <T> T oneOf(T... values) {
    return values[below(values.length)];
  }

  /** Returns one of all values except the given ones. */
  @SafeVarargs
  public final <T> T except(T[] all, T... others) {
    List<T> left = new ArrayList<>(Arrays.asList(all));
    for (T other : others) {
      left.remove(other);
    }
    return left.get(below(left.size()));
  }

  /** Returns one of the given numbers. */
  public long numberOf(long... numbers) {
    return numbers[below(numbers.length)];
  }

  /** Returns a 32-bit number that is not one of the given numbers. */
  public long numberExcept(long... numbers) {
    long number = uint32();
    while (contains(numbers, number)) {
      number = uint32();
    }
    return number;
  }

  private static boolean contains(long[] numbers, long number) {
    return Arrays.stream(numbers).anyMatch(n -> n == number);
  }

  /** Returns an int that does not satisfy a condition. */
  public int intUnless(IntPredicate condition) {
    int value = int32();
    while (condition.test(value)) {
      value = int32();
    }
    return value;
  }
}
