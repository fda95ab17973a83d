package io.ferrynfs.wire.xdr;

import java.util.Arrays;

/**
 * The protocol's set of small numbers (RFC 8881 section 3.3.7): attributes, operations, types of
 * notification. Immutable.
 *
 * <p>A bitmap is written with as many words as it was read with, zeros at the end included, so that
 * what was asked can be repeated as it came; but with {@value #WORDS_MAX} at most. A peer may send
 * more (section 3.3.7 bounds them by nothing): all numbers that do not fit are told as the last one
 * that does, which is nobody's, so that the set is seen to have something unknown in it. Two
 * bitmaps are equal when they have the same words.
 */
public final class Bitmap4 {
  /** How many words are kept; three are in use (RFC 8276). */
  public static final int WORDS_MAX = 8;

  /** The last number that fits; no attribute, operation or notification has it. */
  private static final int NUMBER_MAX = WORDS_MAX * Integer.SIZE - 1;

  /** The empty set, with no word at all. */
  public static final Bitmap4 EMPTY = new Bitmap4(new int[0]);

  private final int[] words;

  private Bitmap4(int[] words) {
    this.words = words;
  }

  /**
   * The set of the given numbers, with as few words as they need.
   *
   * @throws IllegalArgumentException unless every number is from 0 to 255
   */
  public static Bitmap4 of(int... numbers) {
    Bitmap4 set = EMPTY;
    for (int number : numbers) {
      set = set.with(number);
    }
    return set;
  }

  /**
   * The set with the given words: bit {@code n} is bit {@code n % 32} of word {@code n / 32}.
   *
   * @throws IllegalArgumentException when there are more than {@link #WORDS_MAX}
   */
  public static Bitmap4 ofWords(int... words) {
    if (words.length > WORDS_MAX) {
      throw new IllegalArgumentException(words.length + " words in a bitmap");
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
      throw new XdrException(count + " words of a bitmap in " + in.remaining() + " bytes");
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

  /** Whether a number is in the set. */
  public boolean has(int number) {
    int index = number >> 5;
    return index >= 0 && index < words.length && (words[index] & 1 << number) != 0;
  }

  /** Whether no number is in the set. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** How many numbers are in the set. */
  public int size() {
    int size = 0;
    for (int word : words) {
      size += Integer.bitCount(word);
    }
    return size;
  }

  /**
   * The first number of the set that is not below the given one, or -1: {@code for (int n =
   * set.next(0); n >= 0; n = set.next(n + 1))} visits all in order.
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
   * This set and a number.
   *
   * @throws IllegalArgumentException unless the number is from 0 to 255
   */
  public Bitmap4 with(int number) {
    if (number < 0 || number > NUMBER_MAX) {
      throw new IllegalArgumentException(number + " does not fit a bitmap");
    }
    int[] more = Arrays.copyOf(words, Math.max(words.length, (number >> 5) + 1));
    more[number >> 5] |= 1 << number;
    return new Bitmap4(more);
  }

  /** What is in both sets, with as few words as that needs. */
  public Bitmap4 and(Bitmap4 other) {
    int[] both = new int[Math.min(words.length, other.words.length)];
    for (int i = 0; i < both.length; i++) {
      both[i] = words[i] & other.words[i];
    }
    return trimmed(both);
  }

  /** What is in this set and not in the other, with as few words as that needs. */
  public Bitmap4 andNot(Bitmap4 other) {
    int[] rest = words.clone();
    for (int i = 0; i < Math.min(rest.length, other.words.length); i++) {
      rest[i] &= ~other.words[i];
    }
    return trimmed(rest);
  }

  /** What is in either set. */
  public Bitmap4 or(Bitmap4 other) {
    int[] either = Arrays.copyOf(words, Math.max(words.length, other.words.length));
    for (int i = 0; i < other.words.length; i++) {
      either[i] |= other.words[i];
    }
    return trimmed(either);
  }

  /** A copy of the words as they are on the wire. */
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

  /** The numbers, in order. */
  @Override
  public String toString() {
    var text = new StringBuilder("{");
    for (int number = next(0); number >= 0; number = next(number + 1)) {
      text.append(text.length() > 1 ? ", " : "").append(number);
    }
    return text.append('}').toString();
  }
}
