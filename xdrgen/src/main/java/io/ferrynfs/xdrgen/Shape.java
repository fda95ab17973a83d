package io.ferrynfs.xdrgen;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A struct or union with resolved names and types. */
sealed interface Shape {
  /** A component of a record. */
  record Field(Position at, String name, String doc, Type type) {}

  /** A struct. */
  record Struct(List<Field> fields) implements Shape {}

  /** A union. */
  record Union(Field discriminant, List<Arm> arms) implements Shape {
    /** Returns the default arm, or null if there is none. */
    @Nullable Arm defaultArm() {
      Arm last = arms.getLast();
      return last.labels().isEmpty() ? last : null;
    }

    /** Returns all labels, which excludes the default arm. */
    List<Label> labels() {
      return arms.stream().flatMap(arm -> arm.labels().stream()).toList();
    }

    /** Returns whether the discriminant is a number and not an enumeration. */
    boolean isNumeric() {
      return discriminant.type() == Type.Scalar.INT || discriminant.type() == Type.Scalar.UINT32;
    }

    /** Returns whether the discriminant is a boolean. */
    boolean isBoolean() {
      return discriminant.type() == Type.Scalar.BOOL;
    }
  }

  /**
   * A case of a union.
   *
   * @param text the name or number in the schema
   * @param value the encoded value
   * @param constant the const, if the label of a numeric union is a name
   */
  record Label(String text, long value, Declaration.@Nullable Constant constant) {}

  /**
   * An arm.
   *
   * @param name the name of the nested record
   * @param labels the labels; empty for the default arm
   * @param field the body, if the arm has one
   * @param unknown the constant that the discriminant accessor returns, if the arm is for numbers
   *     that the enumeration does not define
   */
  record Arm(
      Position at,
      String name,
      String doc,
      List<Label> labels,
      @Nullable Field field,
      @Nullable String unknown) {
    /**
     * Returns whether the record has the discriminant as a component, because the arm does not
     * determine it.
     */
    boolean carriesDiscriminant() {
      return labels.size() != 1 && unknown == null;
    }
  }
}
