package io.ferrynfs.xdrgen;

import org.jspecify.annotations.Nullable;

/** The type of a field as written in the schema, before its names are resolved. */
sealed interface TypeSyntax {
  /** Returns the position of the first character. */
  Position at();

  /** The name of a built-in or declared type. */
  record Name(Position at, String name) implements TypeSyntax {}

  /** {@code opaque x[N]}. */
  record FixedOpaque(Position at, Token size) implements TypeSyntax {}

  /** {@code opaque x<N>} and {@code string x<N>}. */
  record VariableOpaque(Position at, Token bound) implements TypeSyntax {}

  /** {@code bulk opaque x<N>}. */
  record Bulk(Position at, Token bound) implements TypeSyntax {}

  /** {@code T x[N]}. */
  record FixedArray(Position at, TypeSyntax item, Token size) implements TypeSyntax {}

  /** {@code T x<N>}. */
  record VariableArray(Position at, TypeSyntax item, Token bound) implements TypeSyntax {}

  /** {@code list<T> x} and {@code list<T> x<N>}. */
  record LinkedList(Position at, TypeSyntax item, @Nullable Token bound) implements TypeSyntax {}

  /** {@code T *x}. */
  record Optional(Position at, TypeSyntax item) implements TypeSyntax {}
}
