package io.ferrynfs.wire.xdr;

import java.util.Arrays;

/**
 * The protocol's set of small numbers (RFC 8881 section 3.3.7): attributes, operations, types of
 * notification. Immutable.
 *
 * <p>A decoded bitmap keeps its trailing zero words, so that it is encoded exactly as it was
 * received. It keeps at most {@value #WORDS_MAX} words. A peer may send more because RFC 8881
 * section 3.3.7 sets no limit. If a word beyond the limit has a bit set, the decoded set contains
 * the highest number that fits. That number is not assigned, so the set is recognized as containing
 * an unknown number. Two bitmaps are equal if their words are equal.
 */
public final class Bitmap4 {
  /** The maximum number of words; attributes use three (RFC 8276). */
  public static final int WORDS_MAX = 8;

  /** The highest number that fits. No attribute, operation or notification has it. */
  private static final int NUMBER_MAX = WORDS_MAX * Integer.SIZE - 1;

  /** The empty set, without any word. */
  public static final Bitmap4 EMPTY = new Bitmap4(new int[0]);

  private final int[] words;

  private Bitmap4(int[] words) {
    this.words = words;
  }

  /**
   * Returns the set of the given numbers, without trailing zero words.
   *
   * @throws IllegalArgumentException if a number is not between 0 and 255
   */
  public static Bitmap4 of(int... numbers) {
    Bitmap4 set = EMPTY;
    for (int number : numbers) {
      set = set.with(number);
    }
    return set;
  }

  /**
   * Returns the set with the given words. The number {@code n} is bit {@code n % 32} of word {@code
   * n / 32}.
   *
   * @throws IllegalArgumentException if there are more than {@link #WORDS_MAX} words
   */
  public static Bitmap4 ofWords(int... words) {
    if (words.length > WORDS_MAX) {
      throw new IllegalArgumentException(
          "bitmap has " + words.length + " words, more than " + WORDS_MAX);
    }
    return words.length == 0 ? EMPTY : new Bitmap4(words.clone());
  }

  /** Reads a bitmap. */
  public static Bitmap4 decode(XdrReader in) throws XdrException {
    long count = in.readUint32();
    if (count == 0) {
      return EMPTY;
    }
    if (count * 4 > in.remaining()) {
      throw new XdrException(
          "bitmap has " + count + " words, but only " + in.remaining() + " bytes remain");
    }
    int[] words = new int[(int) Math.min(count, WORDS_MAX)];
    for (int i = 0; i < words.length; i++) {
      words[i] = in.readInt();
    }
    int beyond = 0;
    for (long i = words.length; i < count; i++) {
      beyond |= in.readInt();
    }
    Bitmap4 set = new Bitmap4(words);
    return beyond == 0 ? set : set.with(NUMBER_MAX);
  }

  /** Writes the bitmap. */
  public void encode(XdrWriter out) {
    out.writeInt(words.length);
    for (int word : words) {
      out.writeInt(word);
    }
  }

  /** Returns whether a number is in the set. */
  public boolean has(int number) {
    int index = number >> 5;
    return index >= 0 && index < words.length && (words[index] & 1 << number) != 0;
  }

  /** Returns whether the set is empty. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** Returns the number of elements. */
  public int size() {
    int size = 0;
    for (int word : words) {
      size += Integer.bitCount(word);
    }
    return size;
  }

  /**
   * Returns the lowest number of the set that is not below the given one, or -1 if there is none.
   * The loop {@code for (int n = set.next(0); n >= 0; n = set.next(n + 1))} visits all numbers in
   * ascending order.
   */
  public int next(int from) {
    for (int index = from >> 5; index < words.length; index++) {
      int word = words[index];
      if (index == from >> 5) {
        word &= -1 << from;
      }
      if (word != 0) {
        return (index << 5) + Integer.numberOfTrailingZeros(word);
      }
    }
    return -1;
  }

  /**
   * Returns this set with a number added.
   *
   * @throws IllegalArgumentException if the number is not between 0 and 255
   */
  public Bitmap4 with(int number) {
    if (number < 0 || number > NUMBER_MAX) {
      throw new IllegalArgumentException("bitmap cannot hold the number " + number);
    }
    int[] more = Arrays.copyOf(words, Math.max(words.length, (number >> 5) + 1));
    more[number >> 5] |= 1 << number;
    return new Bitmap4(more);
  }

  /** Returns the intersection with another set, without trailing zero words. */
  public Bitmap4 and(Bitmap4 other) {
    int[] both = new int[Math.min(words.length, other.words.length)];
    for (int i = 0; i < both.length; i++) {
      both[i] = words[i] & other.words[i];
    }
    return trimmed(both);
  }

  /** Returns the numbers of this set that are not in another set, without trailing zero words. */
  public Bitmap4 andNot(Bitmap4 other) {
    int[] rest = words.clone();
    for (int i = 0; i < Math.min(rest.length, other.words.length); i++) {
      rest[i] &= ~other.words[i];
    }
    return trimmed(rest);
  }

  /** Returns the union with another set. */
  public Bitmap4 or(Bitmap4 other) {
    int[] either = Arrays.copyOf(words, Math.max(words.length, other.words.length));
    for (int i = 0; i < other.words.length; i++) {
      either[i] |= other.words[i];
    }
    return trimmed(either);
  }

  /** Returns a copy of the words as they are on the wire. */
  public int[] words() {
    return words.clone();
  }

  private static Bitmap4 trimmed(int[] words) {
    int length = words.length;
    while (length > 0 && words[length - 1] == 0) {
      length--;
    }
    return length == 0 ? EMPTY : new Bitmap4(Arrays.copyOf(words, length));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bitmap4 that && Arrays.equals(words, that.words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }

  /** Returns the numbers in ascending order. */
  @Override
  public String toString() {
    var text = new StringBuilder("{");
    for (int number = next(0); number >= 0; number = next(number + 1)) {
      text.append(text.length() > 1 ? ", " : "").append(number);
    }
    return text.append('}').toString();
  }
}
