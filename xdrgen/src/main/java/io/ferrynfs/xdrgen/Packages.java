package io.ferrynfs.xdrgen;

/**
 * Which package a folder of schemas becomes.
 *
 * @param base the package above
 */
record Packages(String base, Symbols symbols) {
  /** The package of a folder. */
  String of(String directory) {
    return base + "." + directory;
  }

  /** The package of a declared type. */
  String of(Declaration declaration) {
    return of(symbols.directory(declaration));
  }
}
