package io.ferrynfs.wire.attr;

import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The values of a set of attributes, in the order of the attribute numbers. Immutable. */
public final class AttrValues {
  /** No values. */
  public static final AttrValues EMPTY = builder().build();

  private final Bitmap4 mask;

  /** Indexed by attribute number; an element is not null if and only if its bit is in the mask. */
  private final @Nullable Object[] values;

  private AttrValues(Bitmap4 mask, @Nullable Object[] values) {
    this.mask = mask;
    this.values = values;
  }

  /** Starts an empty set of values. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads all values.
   *
   * @throws UnknownAttributeException if the bitmap contains a number that {@link Attrs} does not
   *     define
   * @throws XdrException if a value is malformed or bytes remain after the last value
   */
  public static AttrValues decode(Fattr4 encoded) throws XdrException {
    var in = new XdrReader(encoded.attrVals());
    Builder builder = builder();
    Bitmap4 mask = encoded.attrmask();
    for (int number = mask.next(0); number >= 0; number = mask.next(number + 1)) {
      Attr<?> attr = Attrs.find(number);
      if (attr == null) {
        throw new UnknownAttributeException(number);
      }
      builder.decode(attr, in);
    }
    in.expectEnd();
    // The builder is not used after this call, so its array needs no copy.
    return new AttrValues(mask.and(mask), builder.values);
  }

  /** Writes all values, after a bitmap without trailing zero words. */
  public Fattr4 encode() {
    var out = new XdrWriter();
    for (int number = mask.next(0); number >= 0; number = mask.next(number + 1)) {
      encode(Objects.requireNonNull(Attrs.find(number)), out);
    }
    return new Fattr4(mask, out.toOpaque());
  }

  private <T> void encode(Attr<T> attr, XdrWriter out) {
    attr.encode(Objects.requireNonNull(get(attr)), out);
  }

  /** Returns the value of an attribute, or null if this set has none. */
  public <T> @Nullable T get(Attr<T> attr) {
    // Only put(Attr<T>, T) and decode store values, so the value has the type T.
    @SuppressWarnings("unchecked")
    T value = (T) values[attr.number()];
    return value;
  }

  /** Returns whether this set has a value of an attribute. */
  public boolean has(Attr<?> attr) {
    return values[attr.number()] != null;
  }

  /** Returns whether this set has no values. */
  public boolean isEmpty() {
    return mask.isEmpty();
  }

  /** Returns the numbers of the attributes that have a value. */
  public Bitmap4 mask() {
    return mask;
  }

  /** Returns the values of the attributes that are also in a bitmap. */
  public AttrValues only(Bitmap4 wanted) {
    Builder builder = builder();
    Bitmap4 left = mask.and(wanted);
    for (int number = left.next(0); number >= 0; number = left.next(number + 1)) {
      builder.values[number] = values[number];
    }
    return builder.build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AttrValues that && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    var text = new StringBuilder("{");
    for (Attr<?> attr : Attrs.all()) {
      if (has(attr)) {
        text.append(text.length() > 1 ? ", " : "").append(attr).append('=').append(get(attr));
      }
    }
    return text.append('}').toString();
  }

  /** A mutable set of values. */
  public static final class Builder {
    private final @Nullable Object[] values = new Object[Attrs.NUMBER_MAX + 1];

    private Builder() {}

    /** Sets the value of an attribute. */
    public <T> Builder put(Attr<T> attr, T value) {
      values[attr.number()] = Objects.requireNonNull(value);
      return this;
    }

    private <T> void decode(Attr<T> attr, XdrReader in) throws XdrException {
      put(attr, attr.decode(in));
    }

    /** Returns the values that were set until now. */
    public AttrValues build() {
      int[] words = new int[Attrs.NUMBER_MAX / 32 + 1];
      for (int number = 0; number < values.length; number++) {
        if (values[number] != null) {
          words[number >> 5] |= 1 << number;
        }
      }
      Bitmap4 mask = Bitmap4.ofWords(words);
      return new AttrValues(mask.and(mask), values.clone());
    }
  }
}
