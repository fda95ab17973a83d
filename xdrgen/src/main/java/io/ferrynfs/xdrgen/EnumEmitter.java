package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Constant;
import io.ferrynfs.xdrgen.Declaration.Enumeration;
import java.util.List;

/** Writes an enumeration as an enum whose constants have their values. */
final class EnumEmitter {
  private final JavaFile file;
  private final Codec codec;
  private final Values values;

  EnumEmitter(JavaFile file, Codec codec, Values values) {
    this.file = file;
    this.codec = codec;
    this.values = values;
  }

  /** Writes the type. */
  void emit(Enumeration enumeration) throws SchemaException {
    String name = JavaNames.type(enumeration.name());
    file.doc(Javadoc.of(enumeration));
    file.open("public enum " + name);
    List<Constant> constants = enumeration.constants();
    for (Constant constant : constants) {
      file.doc(Javadoc.paragraphs(constant.doc()));
      String end = constant.equals(constants.getLast()) ? ";" : ",";
      file.line(constant.name() + "(" + values.ofEnumeration(constant) + ")" + end);
    }
    file.line("");
    file.line("private final int value;");
    file.line("");
    file.open(name + "(int value)");
    file.line("this.value = value;");
    file.close();
    file.line("");
    file.line("/** Returns the encoded value. */");
    file.open("public int value()");
    file.line("return value;");
    file.close();
    lookups(enumeration, name);
    codecs(name);
    file.close();
  }

  private void lookups(Enumeration enumeration, String name) throws SchemaException {
    String nullable = file.use("org.jspecify.annotations.Nullable");
    file.line("");
    file.line("/** Returns the constant with a value, or null if there is none. */");
    file.open("public static @" + nullable + " " + name + " find(int value)");
    file.open("return switch (value)");
    for (Constant constant : enumeration.constants()) {
      file.line("case " + values.ofEnumeration(constant) + " -> " + constant.name() + ";");
    }
    file.line("default -> null;");
    file.close(";");
    file.close();
    file.line("");
    file.line("/** Returns the constant with a value. */");
    file.open("public static " + name + " of(int value) throws " + codec.runtime("XdrException"));
    file.line(name + " found = find(value);");
    file.open("if (found == null)");
    file.line(
        "throw new XdrException(value + \" is not a constant of " + enumeration.name() + "\");");
    file.close();
    file.line("return found;");
    file.close();
  }

  private void codecs(String name) {
    String reader = codec.runtime("XdrReader");
    file.line("");
    file.line("/** Reads a constant. */");
    file.open("public static " + name + " decode(" + reader + " in) throws XdrException");
    file.line("return of(in.readInt());");
    file.close();
    file.line("");
    file.line("/** Writes this constant. */");
    file.open("public void encode(" + codec.runtime("XdrWriter") + " out)");
    file.line("out.writeInt(value);");
    file.close();
  }
}
