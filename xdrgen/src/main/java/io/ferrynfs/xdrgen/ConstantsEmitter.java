package io.ferrynfs.xdrgen;

import io.ferrynfs.xdrgen.Declaration.Constant;
import java.util.List;

/** Writes the consts of a directory as one class. */
final class ConstantsEmitter {
  private final JavaFile file;
  private final Values values;

  ConstantsEmitter(JavaFile file, Values values) {
    this.file = file;
    this.values = values;
  }

  /** Writes the class. */
  void emit(String directory, List<Constant> constants) throws SchemaException {
    String name = JavaNames.constants(directory);
    file.line("/** The constants of {@code " + directory + "/*.x}. */");
    file.open("public final class " + name);
    for (Constant constant : constants) {
      file.doc(Javadoc.paragraphs(constant.doc()));
      file.line("public static final long " + constant.name() + " = " + value(constant) + ";");
      file.line("");
    }
    file.line("private " + name + "() {}");
    file.close();
  }

  /**
   * Returns the literal. A hexadecimal number stays hexadecimal because flags are easier to read
   * so.
   */
  private String value(Constant constant) throws SchemaException {
    String text = constant.value().text();
    return text.startsWith("0x") || text.startsWith("0X")
        ? text + "L"
        : values.of(constant.value()) + "L";
  }
}
