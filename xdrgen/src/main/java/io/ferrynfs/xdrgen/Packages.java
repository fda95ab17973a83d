package io.ferrynfs.xdrgen;

/**
 * The packages of the directories of schemas.
 *
 * @param base the parent package
 */
record Packages(String base, Symbols symbols) {
  /** Returns the package of a directory. */
  String of(String directory) {
    return base + "." + directory;
  }

  /** Returns the package of a declared type. */
  String of(Declaration declaration) {
    return of(symbols.directory(declaration));
  }
}
