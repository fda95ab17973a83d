package io.ferrynfs.xdrgen;

import java.util.ArrayList;
import java.util.List;

/** Writes the {@code decode} method of a union. */
final class UnionDecoder {
  private final JavaFile file;
  private final Codec codec;
  private final Declaration.Union union;
  private final Shape.Union shape;

  UnionDecoder(JavaFile file, Codec codec, Declaration.Union union, Shape.Union shape) {
    this.file = file;
    this.codec = codec;
    this.union = union;
    this.shape = shape;
  }

  /** Writes the method. */
  void emit() {
    String reader = codec.runtime("XdrReader");
    String exception = codec.runtime("XdrException");
    file.line("/** Reads a value. */");
    file.open(
        "static "
            + JavaNames.type(union.name())
            + " decode("
            + reader
            + " in) throws "
            + exception);
    if (shape.isBoolean()) {
      decodeBoolean();
    } else {
      decodeSwitch();
    }
    file.close();
  }

  private void decodeBoolean() {
    Shape.Arm first = shape.arms().getFirst();
    Shape.Arm last = shape.arms().getLast();
    boolean trueFirst = first.labels().getFirst().value() == 1;
    String yes = create(trueFirst ? first : last);
    String no = create(trueFirst ? last : first);
    file.line("return in.readBoolean() ? " + yes + " : " + no + ";");
  }

  private void decodeSwitch() {
    String type = codec.component(shape.discriminant().type());
    String name = shape.discriminant().name();
    Shape.Arm otherwise = shape.defaultArm();
    boolean unknown = otherwise != null && otherwise.unknown() != null;
    if (unknown) {
      file.line("int value = in.readInt();");
      file.open("return switch (" + type + ".find(value))");
    } else {
      file.line(type + " " + name + " = " + codec.decode(shape.discriminant().type()) + ";");
      file.open("return switch (" + (shape.isNumeric() ? asInt() : name) + ")");
    }
    for (Shape.Arm arm : shape.arms()) {
      if (!arm.labels().isEmpty()) {
        List<String> labels = arm.labels().stream().map(this::caseLabel).toList();
        file.line("case " + String.join(", ", labels) + " -> " + create(arm) + ";");
      }
    }
    if (unknown) {
      file.line("case null, default -> new Unknown(value);");
    } else if (otherwise != null) {
      file.line("default -> " + create(otherwise) + ";");
    } else if (!coversAll()) {
      String message = "\"" + union.name() + " has no arm for \" + " + name;
      file.line("default -> throw new XdrException(" + message + ");");
    }
    file.close(";");
  }

  /** Returns the discriminant as an int, because a switch does not accept a long. */
  private String asInt() {
    boolean wide = shape.discriminant().type() == Type.Scalar.UINT32;
    return (wide ? "(int) " : "") + shape.discriminant().name();
  }

  private String caseLabel(Shape.Label label) {
    if (!shape.isNumeric()) {
      return label.text();
    }
    Declaration.Constant constant = label.constant();
    return constant == null
        ? Integer.toString((int) label.value())
        : "(int) " + codec.constant(constant);
  }

  private boolean coversAll() {
    return shape.discriminant().type() instanceof Type.Named named
        && named.definition() instanceof Declaration.Enumeration enumeration
        && enumeration.constants().size() == shape.labels().size();
  }

  private String create(Shape.Arm arm) {
    var values = new ArrayList<String>();
    if (arm.carriesDiscriminant()) {
      values.add(shape.discriminant().name());
    }
    Shape.Field field = arm.field();
    if (field != null) {
      values.add(codec.decode(field.type()));
    }
    return "new " + arm.name() + "(" + String.join(", ", values) + ")";
  }

  /** Returns a label of a numeric union as a literal of the discriminant's type. */
  String number(Shape.Label label) {
    boolean wide = shape.discriminant().type() == Type.Scalar.UINT32;
    Declaration.Constant constant = label.constant();
    if (constant == null) {
      return label.value() + (wide ? "L" : "");
    }
    return (wide ? "" : "(int) ") + codec.constant(constant);
  }
}
