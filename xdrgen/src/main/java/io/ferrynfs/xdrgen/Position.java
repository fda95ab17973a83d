package io.ferrynfs.xdrgen;

/**
 * A place in a schema.
 *
 * @param file the schema's path as the user knows it
 * @param line from 1
 * @param column from 1
 */
record Position(String file, int line, int column) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
