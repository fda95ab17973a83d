package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Definition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes a class per directory for the tests. It has factories of random values of each type, and
 * the list of all types with their codecs.
 */
final class SamplesEmitter {
  private final JavaFile file;
  private final Codec codec;
  private final Schema schema;
  private final Packages packages;

  SamplesEmitter(JavaFile file, Codec codec, Schema schema, Packages packages) {
    this.file = file;
    this.codec = codec;
    this.schema = schema;
    this.packages = packages;
  }

  /** Returns the name of the class of a directory. */
  static String className(String directory) {
    return JavaNames.constants(directory) + "Samples";
  }

  /** Writes the class. */
  void emit(String directory, List<Definition> definitions) {
    file.line("/** Random values of the types of {@code " + directory + "/*.x}. */");
    file.open("public final class " + className(directory));
    file.line("private " + className(directory) + "() {}");
    file.line("");
    file.line("/** Returns every type, with its codec and a source of random values. */");
    file.open("public static " + file.use("java.util.List") + "<Sample<?>> all()");
    List<String> all = definitions.stream().map(this::sample).toList();
    file.list("return List.of(", all, ");");
    file.close();
    for (Definition definition : definitions) {
      file.line("");
      file.line("/** Returns a random value. */");
      file.open("public static " + codec.named(definition) + " " + head(definition));
      switch (definition) {
        case Declaration.Enumeration e ->
            file.line("return random.oneOf(" + JavaNames.type(e.name()) + ".values());");
        case Declaration.Struct struct -> struct(struct);
        case Declaration.Union union -> union(union);
      }
      file.close();
    }
    file.close();
  }

  private String sample(Definition definition) {
    String type = codec.named(definition);
    String make = className(directory(definition)) + "::" + method(definition);
    return "new Sample<>("
        + type
        + ".class, "
        + make
        + ", "
        + type
        + "::decode, "
        + type
        + "::encode)";
  }

  private String directory(Definition definition) {
    return schema.symbols().directory(definition);
  }

  private static String method(Definition definition) {
    return JavaNames.decapitalised(JavaNames.type(definition.name()));
  }

  private static String head(Definition definition) {
    return method(definition) + "(RandomValues random)";
  }

  private void struct(Declaration.Struct struct) {
    List<String> values =
        schema.shape(struct).fields().stream().map(field -> random(field.type())).toList();
    file.list("return new " + JavaNames.type(struct.name()) + "(", values, ");");
  }

  private void union(Declaration.Union union) {
    Shape.Union shape = schema.shape(union);
    int last = shape.arms().size() - 1;
    file.open("return switch (random.below(" + shape.arms().size() + "))");
    for (int i = 0; i <= last; i++) {
      Shape.Arm arm = shape.arms().get(i);
      String label = i == last ? "default" : "case " + i;
      String record = JavaNames.type(union.name()) + "." + arm.name();
      String values = String.join(", ", values(shape, arm));
      file.line(label + " -> new " + record + "(" + values + ");");
    }
    file.close(";");
  }

  private List<String> values(Shape.Union shape, Shape.Arm arm) {
    var values = new ArrayList<String>();
    if (arm.unknown() != null) {
      String type = codec.component(shape.discriminant().type());
      values.add("random.intUnless(value -> " + type + ".find(value) != null)");
    } else if (arm.carriesDiscriminant()) {
      values.add(discriminant(shape, arm));
    }
    Shape.Field field = arm.field();
    if (field != null) {
      values.add(random(field.type()));
    }
    return values;
  }

  private String discriminant(Shape.Union shape, Shape.Arm arm) {
    List<Shape.Label> labels = arm.labels().isEmpty() ? shape.labels() : arm.labels();
    String method = arm.labels().isEmpty() ? "except" : "oneOf";
    if (shape.isNumeric()) {
      String list =
          labels.stream().map(label -> label.value() + "L").collect(Collectors.joining(", "));
      boolean wide = shape.discriminant().type() == Type.Scalar.UINT32;
      String call = "random.number" + (arm.labels().isEmpty() ? "Except" : "Of");
      return (wide ? "" : "(int) ") + call + "(" + list + ")";
    }
    String type = codec.component(shape.discriminant().type());
    String list =
        labels.stream().map(label -> type + "." + label.text()).collect(Collectors.joining(", "));
    return method.equals("oneOf")
        ? "random.oneOf(" + list + ")"
        : "random.except(" + type + ".values(), " + list + ")";
  }

  private String random(Type type) {
    return switch (type) {
      case Type.Scalar scalar ->
          switch (scalar) {
            case INT -> "random.int32()";
            case UINT32 -> "random.uint32()";
            case INT64 -> "random.int64()";
            case BOOL -> "random.bool()";
          };
      case Type.Bitmap bitmap -> "random.bitmap()";
      case Type.Bytes bytes ->
          switch (bytes.kind()) {
            case FIXED -> "random.bytes(" + codec.bound(bytes.bound()) + ")";
            case VARIABLE -> "random.bytesUpTo(" + codec.bound(bytes.bound()) + ")";
            case BULK -> "random.payload(" + codec.bound(bytes.bound()) + ")";
          };
      case Type.Named named ->
          samples(named.definition()) + "." + method(named.definition()) + "(random)";
      case Type.ListOf list -> {
        String method = list.kind() == Type.ListKind.FIXED ? "listOf" : "listUpTo";
        String bound = codec.bound(list.bound());
        yield "random." + method + "(" + bound + ", () -> " + random(list.item()) + ")";
      }
      case Type.Optional optional -> "random.optional(() -> " + random(optional.item()) + ")";
    };
  }

  private String samples(Definition definition) {
    return file.use(packages.base() + ".testing", className(directory(definition)));
  }
}
