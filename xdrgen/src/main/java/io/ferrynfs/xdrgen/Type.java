package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Constant;
import org.jspecify.annotations.Nullable;

/** A type of the schema with its names looked up; typedefs are gone. */
sealed interface Type {
  /** Types of a fixed size that Java has too. */
  enum Scalar implements Type {
    INT,
    UINT32,
    INT64,
    BOOL
  }

  /** How bytes are written. */
  enum BytesKind {
    FIXED,
    VARIABLE,
    BULK
  }

  /** How a list is written. */
  enum ListKind {
    FIXED,
    VARIABLE,
    LINKED
  }

  /** The built in {@code bitmap4}. */
  record Bitmap() implements Type {}

  /** Opaque data, strings and bulk data. */
  record Bytes(BytesKind kind, Bound bound) implements Type {}

  /** A declared enum, struct or union. */
  record Named(Declaration.Definition definition) implements Type {}

  /** An array or linked list. */
  record ListOf(ListKind kind, Type item, Bound bound) implements Type {}

  /** A value that may be missing. */
  record Optional(Type item) implements Type {}

  /**
   * A size or the most that something may have.
   *
   * @param constant the const that the schema names, if it does
   */
  record Bound(long value, @Nullable Constant constant) {}
}
