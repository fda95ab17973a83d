package io.ferrynfs.xdrgen;

/** A schema that cannot be compiled; the message starts with {@code file:line:column}. */
public final class SchemaException extends Exception {
  private static final long serialVersionUID = 1L;

  SchemaException(Position at, String message) {
    super(at + ": " + message);
  }
}
