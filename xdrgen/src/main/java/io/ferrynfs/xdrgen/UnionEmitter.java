package io.ferrynfs.xdrgen;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a union as a sealed interface with a record per arm. */
final class UnionEmitter {
  private final JavaFile file;
  private final Codec codec;
  private final Schema schema;
  private final Declaration.Union union;
  private final Shape.Union shape;
  private final String name;
  private final UnionDecoder decoder;

  UnionEmitter(JavaFile file, Codec codec, Schema schema, Declaration.Union union) {
    this.file = file;
    this.codec = codec;
    this.schema = schema;
    this.union = union;
    this.shape = schema.shape(union);
    this.name = JavaNames.type(union.name());
    this.decoder = new UnionDecoder(file, codec, union, shape);
  }

  /** Writes the type. */
  void emit() {
    Shape.Field discriminant = shape.discriminant();
    file.doc(Javadoc.of(union));
    file.open("public sealed interface " + name);
    List<String> doc = Javadoc.paragraphs(discriminant.doc());
    file.doc(doc.isEmpty() ? List.of("Returns the discriminant.") : doc);
    file.line(codec.component(discriminant.type()) + " " + discriminant.name() + "();");
    String status = statusOfArms();
    if (status != null) {
      file.line("");
      file.line("/** Returns the status in the body of the arm. */");
      file.line(status + " status();");
    }
    file.line("");
    decoder.emit();
    new FailureEmitter(file, codec, schema).union(union);
    file.line("");
    file.line("/** Writes this value. */");
    file.line("void encode(" + codec.runtime("XdrWriter") + " out);");
    for (Shape.Arm arm : shape.arms()) {
      file.line("");
      arm(arm, status);
    }
    file.close();
  }

  private @Nullable String statusOfArms() {
    if (shape.discriminant().name().equals("status")) {
      return null;
    }
    Type status = schema.statusOfArms(shape);
    return status == null ? null : codec.component(status);
  }

  private void arm(Shape.Arm arm, @Nullable String status) {
    List<Shape.Field> fields = fields(arm);
    List<String> components =
        arm.unknown() != null
            ? List.of("int value")
            : fields.stream()
                .map(field -> codec.component(field.type()) + " " + field.name())
                .toList();
    file.doc(doc(arm));
    file.openList("record " + arm.name() + "(", components, ") implements " + name);
    constructor(arm, fields);
    if (!arm.carriesDiscriminant()) {
      accessor(codec.component(shape.discriminant().type()), shape.discriminant().name());
      file.line("return " + discriminant(arm) + ";");
      file.close();
      file.line("");
    }
    Shape.Field field = arm.field();
    if (status != null && field != null) {
      accessor(status, "status");
      file.line("return " + field.name() + ".status();");
      file.close();
      file.line("");
    }
    file.line("@Override");
    file.open("public void encode(XdrWriter out)");
    file.line(encodeDiscriminant(arm));
    if (field != null) {
      file.line(codec.encode(field.type(), field.name()));
    }
    file.close();
    file.close();
  }

  private void accessor(String type, String accessor) {
    file.line("@Override");
    file.open("public " + type + " " + accessor + "()");
  }

  /** Returns the components: the discriminant if the arm does not determine it, and the body. */
  private List<Shape.Field> fields(Shape.Arm arm) {
    var fields = new ArrayList<Shape.Field>();
    if (arm.carriesDiscriminant()) {
      fields.add(shape.discriminant());
    }
    Shape.Field field = arm.field();
    if (field != null) {
      fields.add(field);
    }
    return fields;
  }

  private List<String> doc(Shape.Arm arm) {
    if (!arm.doc().isEmpty()) {
      return Javadoc.paragraphs(arm.doc());
    }
    if (arm.unknown() != null) {
      return List.of("An unknown number. The decoder cannot read the bytes after it.");
    }
    String labels =
        arm.labels().stream()
            .map(label -> "{@code " + label.text() + "}")
            .collect(Collectors.joining(" or "));
    return List.of(labels.isEmpty() ? "All values without an arm of their own." : labels + ".");
  }

  private void constructor(Shape.Arm arm, List<Shape.Field> fields) {
    List<String> copies = StructEmitter.copies(fields);
    List<Shape.Label> rejected = rejected(arm);
    boolean several = arm.labels().size() > 1;
    boolean rejects = several || !rejected.isEmpty();
    if (copies.isEmpty() && !rejects) {
      return;
    }
    String doc = rejects ? "Rejects a discriminant of another arm." : "Copies the lists.";
    file.line("/** " + doc + " */");
    file.open("public " + arm.name());
    if (arm.unknown() != null) {
      rejectKnown(rejected);
    } else if (several) {
      reject(arm.labels(), " != ", "&&");
    } else if (!rejected.isEmpty()) {
      reject(rejected, " == ", "||");
    }
    copies.forEach(file::line);
    file.close();
    file.line("");
  }

  /** Returns the labels of other arms, which the constructor of the default arm rejects. */
  private List<Shape.Label> rejected(Shape.Arm arm) {
    return arm.labels().isEmpty() ? shape.labels() : List.of();
  }

  private void reject(List<Shape.Label> labels, String comparison, String junction) {
    String discriminant = shape.discriminant().name();
    List<String> conditions =
        labels.stream().map(label -> discriminant + comparison + label(label)).toList();
    file.openIf(conditions, junction);
    file.line(
        "throw new IllegalArgumentException(" + discriminant + " + \" belongs to another arm\");");
    file.close();
  }

  private void rejectKnown(List<Shape.Label> labels) {
    file.open("switch (" + codec.component(shape.discriminant().type()) + ".find(value))");
    List<String> names = labels.stream().map(Shape.Label::text).toList();
    file.list("case ", names, " ->");
    file.line("    throw new IllegalArgumentException(value + \" belongs to another arm\");");
    file.line("case null, default -> {}");
    file.close();
  }

  private String encodeDiscriminant(Shape.Arm arm) {
    if (arm.unknown() != null) {
      return "out.writeInt(value);";
    }
    String value = arm.carriesDiscriminant() ? shape.discriminant().name() : discriminant(arm);
    return codec.encode(shape.discriminant().type(), value);
  }

  /** Returns the constant discriminant of an arm. */
  private String discriminant(Shape.Arm arm) {
    String unknown = arm.unknown();
    return unknown != null
        ? codec.component(shape.discriminant().type()) + "." + unknown
        : label(arm.labels().getFirst());
  }

  private String label(Shape.Label label) {
    if (shape.isBoolean()) {
      return label.value() == 1 ? "true" : "false";
    }
    return shape.isNumeric()
        ? decoder.number(label)
        : codec.component(shape.discriminant().type()) + "." + label.text();
  }
}
