package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Constant;
import org.jspecify.annotations.Nullable;

/** A resolved type of the schema, without typedefs. */
sealed interface Type {
  /** A type of fixed size with a counterpart in Java. */
  enum Scalar implements Type {
    INT,
    UINT32,
    INT64,
    BOOL
  }

  /** The encoding of bytes. */
  enum BytesKind {
    FIXED,
    VARIABLE,
    BULK
  }

  /** The encoding of a list. */
  enum ListKind {
    FIXED,
    VARIABLE,
    LINKED
  }

  /** The built-in {@code bitmap4}. */
  record Bitmap() implements Type {}

  /** Opaque data, strings and bulk data. */
  record Bytes(BytesKind kind, Bound bound) implements Type {}

  /** A declared enum, struct or union. */
  record Named(Declaration.Definition definition) implements Type {}

  /** An array or linked list. */
  record ListOf(ListKind kind, Type item, Bound bound) implements Type {}

  /** An optional value. */
  record Optional(Type item) implements Type {}

  /**
   * A size or a maximum.
   *
   * @param constant the const, if the schema uses one
   */
  record Bound(long value, @Nullable Constant constant) {}
}
