package io.ferrynfs.xdrgen;

/**
 * A position in a schema.
 *
 * @param file the path of the schema, as given on the command line
 * @param line the line, from 1
 * @param column the column, from 1
 */
record Position(String file, int line, int column) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
