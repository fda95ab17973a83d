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
 * Random values of the types that the generated makers are made of, from a seed. Edges (0, the
 * greatest number, a length that is exactly the bound) come much more often than by chance.
 */
public final class RandomValues {
  private static final int BYTES_USUAL = 40;
  private static final int BYTES_EDGE_MAX = 1024;
  private static final int ITEMS_USUAL = 3;

  private final Random random;

  /** Values that are the same for the same seed. */
  public RandomValues(long seed) {
    random = new Random(seed);
  }

  /** From 0 to one less than the bound. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** Any int. */
  public int int32() {
    return switch (below(8)) {
      case 0 -> 0;
      case 1 -> Integer.MAX_VALUE;
      case 2 -> -1;
      default -> random.nextInt();
    };
  }

  /** From 0 to 2^32-1. */
  public long uint32() {
    return Integer.toUnsignedLong(int32());
  }

  /** Any long. */
  public long int64() {
    return switch (below(8)) {
      case 0 -> 0;
      case 1 -> Long.MAX_VALUE;
      case 2 -> -1;
      default -> random.nextLong();
    };
  }

  /** True or false. */
  public boolean bool() {
    return random.nextBoolean();
  }

  /** Exactly so many bytes. */
  public Opaque bytes(long size) {
    return Opaque.of(array((int) size));
  }

  /** Some bytes: often few, sometimes as many as the bound if that is not too many. */
  public Opaque bytesUpTo(long bound) {
    return bytes(length(bound));
  }

  /** Bulk data. */
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

  /** A set of numbers in up to three words. */
  public Bitmap4 bitmap() {
    return Bitmap4.ofWords(random.ints(below(4)).toArray());
  }

  /** Exactly so many items. */
  public <T> List<T> listOf(long size, Supplier<T> item) {
    List<T> items = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      items.add(item.get());
    }
    return items;
  }

  /** A few items. */
  public <T> List<T> listUpTo(long bound, Supplier<T> item) {
    return listOf(below((int) Math.min(bound, ITEMS_USUAL) + 1), item);
  }

  /** A value or none. */
  public <T> @Nullable T optional(Supplier<T> item) {
    return bool() ? item.get() : null;
  }

  /** One of the given. */
  @SafeVarargs
  public final <T> T oneOf(T... values) {
    return values[below(values.length)];
  }

  /** One of all, but none of the others. */
  @SafeVarargs
  public final <T> T except(T[] all, T... others) {
    List<T> left = new ArrayList<>(Arrays.asList(all));
    for (T other : others) {
      left.remove(other);
    }
    return left.get(below(left.size()));
  }

  /** One of the given numbers. */
  public long numberOf(long... numbers) {
    return numbers[below(numbers.length)];
  }

  /** A 32-bit number that is none of the given. */
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

  /** An int for which the condition does not hold. */
  public int intUnless(IntPredicate condition) {
    int value = int32();
    while (condition.test(value)) {
      value = int32();
    }
    return value;
  }
}
