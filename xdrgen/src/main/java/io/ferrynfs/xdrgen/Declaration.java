package io.ferrynfs.xdrgen;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a schema declares, as it is written there: names are not looked up yet. */
sealed interface Declaration {
  /** Where the name is. */
  Position at();

  /** The text of its comment, or nothing. */
  String doc();

  /** The name in the schema. */
  String name();

  /** A declaration that becomes a Java type. */
  sealed interface Definition extends Declaration {}

  /** {@code const NAME = value;} */
  record Constant(Position at, String doc, String name, Token value) implements Declaration {}

  /** {@code typedef ...;} which leaves no trace in Java. */
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
   * @param labels its cases; of the default arm none
   * @param field what it carries; of a void arm nothing
   * @param unknown of {@code default: unknown NAME;} the name
   */
  record Arm(
      Position at, String doc, List<Token> labels, @Nullable Field field, @Nullable Token unknown) {
    boolean isDefault() {
      return labels.isEmpty();
    }
  }
}
