package io.ferrynfs.xdrgen;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A declaration of a schema, before its names are resolved. */
sealed interface Declaration {
  /** Returns the position of the name. */
  Position at();

  /** Returns the text of the comment, which may be empty. */
  String doc();

  /** Returns the name in the schema. */
  String name();

  /** A declaration that becomes a Java type. */
  sealed interface Definition extends Declaration {}

  /** {@code const NAME = value;} */
  record Constant(Position at, String doc, String name, Token value) implements Declaration {}

  /** {@code typedef ...;}, which has no counterpart in Java. */
  record Typedef(Position at, String doc, String name, TypeSyntax type) implements Declaration {}

  /** {@code enum name { ... };} */
  record Enumeration(Position at, String doc, String name, List<Constant> constants)
      implements Definition {}

  /** {@code struct name { ... };} */
  record Struct(Position at, String doc, String name, List<Field> fields) implements Definition {}

  /** {@code union name switch (type discriminant) { ... };} */
  record Union(Position at, String doc, String name, Field discriminant, List<Arm> arms)
      implements Definition {}

  /** A component of a struct or of an arm. */
  record Field(Position at, String doc, String name, TypeSyntax type) {}

  /**
   * An arm of a union.
   *
   * @param labels the cases; empty for the default arm
   * @param field the body; null for a void arm
   * @param unknown the name in {@code default: unknown NAME;}
   */
  record Arm(
      Position at, String doc, List<Token> labels, @Nullable Field field, @Nullable Token unknown) {
    boolean isDefault() {
      return labels.isEmpty();
    }
  }
}
