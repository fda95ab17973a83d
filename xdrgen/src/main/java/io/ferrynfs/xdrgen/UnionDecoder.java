package io.ferrynfs.xdrgen;

import java.util.ArrayList;
import java.util.List;

/** Writes the {@code decode} of a union. */
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
    file.line("/** Reads one. */");
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
      String message = "\"no arm of " + union.name() + " for \" + " + name;
      file.line("default -> throw new XdrException(" + message + ");");
    }
    file.close(";");
  }

  /** A switch takes no long; the low half of an unsigned 32-bit integer says all. */
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

  /** A label of a numeric union as a value of the discriminant's type. */
  String number(Shape.Label label) {
    boolean wide = shape.discriminant().type() == Type.Scalar.UINT32;
    Declaration.Constant constant = label.constant();
    if (constant == null) {
      return label.value() + (wide ? "L" : "");
    }
    return (wide ? "" : "(int) ") + codec.constant(constant);
  }
}
