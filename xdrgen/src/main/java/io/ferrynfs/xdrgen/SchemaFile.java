package io.ferrynfs.xdrgen;

import java.util.List;

/**
 * A parsed schema file.
 *
 * @param directory the directory below the schema root, which becomes the package
 * @param declarations the declarations in their order
 */
record SchemaFile(String directory, List<Declaration> declarations) {
  /**
   * Parses a file.
   *
   * @param path the path below the schema root, with one directory: {@code nfs4/copy.x}
   */
  static SchemaFile parse(String path, String text) throws SchemaException {
    String directory = path.substring(0, path.indexOf('/'));
    return new SchemaFile(directory, Parser.parse(path, text));
  }
}
