package io.ferrynfs.xdrgen;

/** Thrown if a schema is invalid. The message starts with {@code file:line:column}. */
public final class SchemaException extends Exception {
  private static final long serialVersionUID = 1L;

  SchemaException(Position at, String message) {
    super(at + ": " + message);
  }
}
