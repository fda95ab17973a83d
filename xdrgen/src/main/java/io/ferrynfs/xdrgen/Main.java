package io.ferrynfs.xdrgen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compiles a directory of schemas: {@code Main SCHEMAS PACKAGE SOURCES TEST_SOURCES}. Every
 * directory {@code SCHEMAS/x} becomes the package {@code PACKAGE.x} below SOURCES. The package
 * {@code PACKAGE.testing} below TEST_SOURCES gets factories of random values. Files that are up to
 * date are not written.
 */
public final class Main {
  private Main() {}

  /**
   * Runs the compiler. It exits with status 1 if a schema is invalid.
   *
   * @param args the four arguments above
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

  /** Parses and checks schemas. The map has their texts by their paths. */
  static Schema schema(Map<String, String> texts) throws SchemaException {
    List<SchemaFile> files = new ArrayList<>();
    for (Map.Entry<String, String> text : texts.entrySet()) {
      files.add(SchemaFile.parse(text.getKey(), text.getValue()));
    }
    return Schema.of(files);
  }
}
