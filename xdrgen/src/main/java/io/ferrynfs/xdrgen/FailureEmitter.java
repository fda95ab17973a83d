package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Definition;
import io.ferrynfs.xdrgen.Declaration.Enumeration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Emits a factory method of failures that consist of a status alone, for each type of a result. The
 * method rejects a status whose arm has a body, because a result without that body would be
 * malformed.
 */
final class FailureEmitter {
  private static final List<String> DOC =
      List.of(
          "Returns a failure that consists of its status.",
          "@throws IllegalArgumentException if the status is not a failure or requires a body");

  private final JavaFile file;
  private final Codec codec;
  private final Schema schema;

  FailureEmitter(JavaFile file, Codec codec, Schema schema) {
    this.file = file;
    this.codec = codec;
    this.schema = schema;
  }

  /** Writes the method of a struct, if the struct is a result that can consist of its status. */
  void struct(Declaration.Struct struct) {
    if (!hasFailure(struct)) {
      return;
    }
    List<Shape.Field> fields = schema.shape(struct).fields();
    String type = codec.component(fields.getFirst().type());
    String success = success(fields.getFirst().type());
    List<String> values = new ArrayList<>(List.of("status"));
    for (int i = 1; i < fields.size(); i++) {
      values.add(codec.runtime("Bitmap4") + ".EMPTY");
    }
    String name = JavaNames.type(struct.name());
    file.line("");
    file.doc(DOC);
    file.open("public static " + name + " failed(" + type + " status)");
    file.open("if (status == " + type + "." + success + ")");
    file.line("throw new IllegalArgumentException(status + \" is not a failure\");");
    file.close();
    file.list("return new " + name + "(", values, ");");
    file.close();
  }

  /** Writes the method of a union, if each of its failures can consist of the status. */
  void union(Declaration.Union union) {
    if (!hasFailure(union)) {
      return;
    }
    Shape.Union shape = schema.shape(union);
    file.line("");
    file.doc(DOC);
    if (isOfStatus(shape)) {
      ofStatus(union, shape);
    } else {
      ofOperations(union, shape);
    }
  }

  private void ofStatus(Declaration.Union union, Shape.Union shape) {
    String type = codec.component(shape.discriminant().type());
    String other = shape.arms().getLast().name();
    List<Shape.Arm> bodiless =
        shape.arms().stream()
            .filter(arm -> arm.field() == null && arm.labels().size() == 1)
            .filter(arm -> arm.labels().getFirst().value() != 0)
            .toList();
    file.open("static " + JavaNames.type(union.name()) + " failed(" + type + " status)");
    if (bodiless.isEmpty()) {
      file.line("return new " + other + "(status);");
    } else {
      file.open("return switch (status)");
      for (Shape.Arm arm : bodiless) {
        file.line("case " + arm.labels().getFirst().text() + " -> new " + arm.name() + "();");
      }
      file.line("default -> new " + other + "(status);");
      file.close(";");
    }
    file.close();
  }

  private void ofOperations(Declaration.Union union, Shape.Union shape) {
    Shape.Field discriminant = shape.discriminant();
    String status = codec.component(statusType(shape));
    file.openList(
        "static " + JavaNames.type(union.name()) + " failed(",
        List.of(
            codec.component(discriminant.type()) + " " + discriminant.name(), status + " status"),
        ")");
    file.open("return switch (" + discriminant.name() + ")");
    for (Shape.Arm arm : shape.arms()) {
      Shape.Field field = arm.field();
      if (field != null) {
        List<String> labels = arm.labels().stream().map(Shape.Label::text).toList();
        String first = arm.carriesDiscriminant() ? discriminant.name() + ", " : "";
        String body = codec.component(field.type()) + ".failed(status)";
        file.line(
            "case "
                + String.join(", ", labels)
                + " -> new "
                + arm.name()
                + "("
                + first
                + body
                + ");");
      }
    }
    file.close(";");
    file.close();
  }

  private Type statusType(Shape.Union shape) {
    Type found = schema.statusOfArms(shape);
    if (found == null) {
      throw new IllegalStateException("arms without a status");
    }
    return found;
  }

  /** Returns whether a failure of a type can consist of its status. */
  private boolean hasFailure(Definition definition) {
    return switch (definition) {
      case Enumeration e -> false;
      case Declaration.Struct struct -> {
        List<Shape.Field> fields = schema.shape(struct).fields();
        yield fields.getFirst().name().equals("status")
            && success(fields.getFirst().type()) != null
            && fields.stream().skip(1).allMatch(field -> field.type() instanceof Type.Bitmap);
      }
      case Declaration.Union union -> {
        Shape.Union shape = schema.shape(union);
        yield isOfStatus(shape) ? hasBodilessDefault(shape) : isOfResults(shape);
      }
    };
  }

  private static boolean isOfStatus(Shape.Union shape) {
    return shape.discriminant().name().equals("status")
        && success(shape.discriminant().type()) != null;
  }

  private static boolean hasBodilessDefault(Shape.Union shape) {
    Shape.Arm other = shape.defaultArm();
    return other != null && other.field() == null && other.unknown() == null;
  }

  private boolean isOfResults(Shape.Union shape) {
    return schema.statusOfArms(shape) != null
        && shape.defaultArm() == null
        && shape.arms().stream()
            .allMatch(arm ->
                arm.field() != null
                    && arm.field().type() instanceof Type.Named named
                    && hasFailure(named.definition()));
  }

  /**
   * Returns the success constant of an enumeration: the first one if its name ends in {@code _OK}.
   */
  private static @Nullable String success(Type type) {
    return type instanceof Type.Named named
            && named.definition() instanceof Enumeration enumeration
            && enumeration.constants().getFirst().name().endsWith("_OK")
        ? enumeration.constants().getFirst().name()
        : null;
  }
}
