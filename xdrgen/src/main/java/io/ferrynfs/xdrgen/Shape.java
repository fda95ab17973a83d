package io.ferrynfs.xdrgen;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A struct or union with its names and types looked up, ready to be written as Java. */
sealed interface Shape {
  /** A component of a record. */
  record Field(Position at, String name, String doc, Type type) {}

  /** A struct. */
  record Struct(List<Field> fields) implements Shape {}

  /** A union. */
  record Union(Field discriminant, List<Arm> arms) implements Shape {
    /** The arm for what has no label, if there is one. */
    @Nullable Arm defaultArm() {
      Arm last = arms.getLast();
      return last.labels().isEmpty() ? last : null;
    }

    /** The labels that have an arm of their own. */
    List<Label> labels() {
      return arms.stream().flatMap(arm -> arm.labels().stream()).toList();
    }

    /** Whether the discriminant is a number and not an enumeration. */
    boolean isNumeric() {
      return discriminant.type() == Type.Scalar.INT || discriminant.type() == Type.Scalar.UINT32;
    }

    /** Whether the discriminant is a boolean. */
    boolean isBoolean() {
      return discriminant.type() == Type.Scalar.BOOL;
    }
  }

  /**
   * A case of a union.
   *
   * @param text the name or number in the schema
   * @param value what it is on the wire
   * @param constant the const that a name of a numeric union stands for
   */
  record Label(String text, long value, Declaration.@Nullable Constant constant) {}

  /**
   * An arm.
   *
   * @param name the nested record's
   * @param labels of the default arm none
   * @param field what it carries, if anything
   * @param unknown of an arm for numbers that the enumeration does not have: the constant that its
   *     discriminant accessor answers
   */
  record Arm(
      Position at,
      String name,
      String doc,
      List<Label> labels,
      @Nullable Field field,
      @Nullable String unknown) {
    /** Whether the discriminant does not follow from the arm, and is a component therefore. */
    boolean carriesDiscriminant() {
      return labels.size() != 1 && unknown == null;
    }
  }
}
