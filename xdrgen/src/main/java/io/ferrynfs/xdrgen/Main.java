package io.ferrynfs.xdrgen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compiles a folder of schemas: {@code Main SCHEMAS PACKAGE SOURCES TEST_SOURCES}. Every folder
 * {@code SCHEMAS/x} becomes the package {@code PACKAGE.x} below SOURCES; below TEST_SOURCES, {@code
 * PACKAGE.testing} gets makers of random values. What is up to date is left alone.
 */
public final class Main {
  private Main() {}

  /**
   * Runs the compiler; ends the process with 1 when a schema is wrong.
   *
   * @param args as described above
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("usage: Main SCHEMAS PACKAGE SOURCES TEST_SOURCES");
      System.exit(2);
    }
    try {
      Schema schema = schema(SourceFiles.schemas(Path.of(args[0])));
      var emitter = new JavaEmitter(schema, args[1]);
      int changed =
          SourceFiles.write(Path.of(args[2]), emitter.sources())
              + SourceFiles.write(Path.of(args[3]), emitter.testSources());
      if (changed > 0) {
        System.out.println("xdrgen: " + changed + " files written or deleted");
      }
    } catch (SchemaException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** Parses and checks schemas, given as text by path. */
  static Schema schema(Map<String, String> texts) throws SchemaException {
    List<SchemaFile> files = new ArrayList<>();
    for (Map.Entry<String, String> text : texts.entrySet()) {
      files.add(SchemaFile.parse(text.getKey(), text.getValue()));
    }
    return Schema.of(files);
  }
}
