package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Constant;

/** Evaluates numbers and the names of consts. */
final class Values {
  private static final int REFERENCES_MAX = 16;

  private final Symbols symbols;

  Values(Symbols symbols) {
    this.symbols = symbols;
  }

  /** Returns the value of a number or a const, or the raw bits of an unsigned 64-bit number. */
  long of(Token token) throws SchemaException {
    Token value = token;
    for (int i = 0; value.kind() == Token.Kind.NAME; i++) {
      if (i == REFERENCES_MAX) {
        throw new SchemaException(token.at(), token.text() + " is defined in terms of itself");
      }
      value = symbols.constant(value).value();
    }
    return number(value);
  }

  /** Returns the size or the bound of a type. */
  Type.Bound bound(Token token) throws SchemaException {
    long value = of(token);
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw new SchemaException(
          token.at(), "a size or bound must be from 1 to 2147483647, not " + token.text());
    }
    boolean named = token.kind() == Token.Kind.NAME;
    return new Type.Bound(value, named ? symbols.constant(token) : null);
  }

  /** Returns the value of a constant of an enumeration. */
  int ofEnumeration(Constant constant) throws SchemaException {
    long value = of(constant.value());
    if (value != (int) value) {
      throw new SchemaException(
          constant.at(), constant.name() + " does not fit a signed 32-bit integer");
    }
    return (int) value;
  }

  private static long number(Token token) throws SchemaException {
    String text = token.text();
    try {
      if (text.startsWith("0x") || text.startsWith("0X")) {
        return Long.parseUnsignedLong(text.substring(2), 16);
      }
      if (text.startsWith("0") && text.length() > 1) {
        return Long.parseUnsignedLong(text.substring(1), 8);
      }
      return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new SchemaException(token.at(), text + " is not a 64-bit number");
    }
  }
}
