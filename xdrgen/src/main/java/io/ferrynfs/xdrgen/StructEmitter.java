package io.ferrynfs.xdrgen;

import java.util.ArrayList;
import java.util.List;

/** Writes a struct as a record. */
final class StructEmitter {
  private final JavaFile file;
  private final Codec codec;
  private final Schema schema;

  StructEmitter(JavaFile file, Codec codec, Schema schema) {
    this.file = file;
    this.codec = codec;
    this.schema = schema;
  }

  /** Writes the type. */
  void emit(Declaration.Struct struct, Shape.Struct shape) {
    String name = JavaNames.type(struct.name());
    List<Shape.Field> fields = shape.fields();
    file.doc(doc(struct, fields));
    file.openList("public record " + name + "(", components(fields), ")");
    constructor(name, fields);
    decode(name, fields);
    new FailureEmitter(file, codec, schema).struct(struct);
    file.line("");
    file.line("/** Writes this value. */");
    file.open("public void encode(" + codec.runtime("XdrWriter") + " out)");
    for (Shape.Field field : fields) {
      file.line(codec.encode(field.type(), field.name()));
    }
    file.close();
    file.close();
  }

  private void decode(String name, List<Shape.Field> fields) {
    String reader = codec.runtime("XdrReader");
    String exception = codec.runtime("XdrException");
    file.line("/** Reads a value. */");
    file.open("public static " + name + " decode(" + reader + " in) throws " + exception);
    List<String> values = fields.stream().map(field -> codec.decode(field.type())).toList();
    file.list("return new " + name + "(", values, ");");
    file.close();
  }

  /** Writes a constructor that copies lists, so that the record is immutable. */
  private void constructor(String name, List<Shape.Field> fields) {
    List<String> copies = copies(fields);
    if (!copies.isEmpty()) {
      file.line("/** Copies the lists. */");
      file.open("public " + name);
      copies.forEach(file::line);
      file.close();
      file.line("");
    }
  }

  /** Returns the statements of a compact constructor that make lists immutable. */
  static List<String> copies(List<Shape.Field> fields) {
    return fields.stream()
        .filter(field -> field.type() instanceof Type.ListOf)
        .map(field -> field.name() + " = List.copyOf(" + field.name() + ");")
        .toList();
  }

  private List<String> components(List<Shape.Field> fields) {
    return fields.stream()
        .map(field -> codec.component(field.type()) + " " + field.name())
        .toList();
  }

  /** Returns the comment of a record, with a tag for every commented component. */
  private static List<String> doc(Declaration.Struct struct, List<Shape.Field> fields) {
    var doc = new ArrayList<String>(Javadoc.of(struct));
    for (Shape.Field field : fields) {
      if (!field.doc().isEmpty()) {
        doc.add("@param " + field.name() + " " + Javadoc.line(field.doc()));
      }
    }
    return doc;
  }
}
