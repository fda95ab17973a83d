/** The conformance tests of a volume, and a volume that fails on demand. */
module io.ferrynfs.storage.testkit {
  requires transitive io.ferrynfs.storage;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.jupiter.params;
  requires transitive org.assertj.core;
  requires static transitive org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.ferrynfs.storage.testkit;

  // JUnit runs the themes by reflection.
  opens io.ferrynfs.storage.testkit;

  exports io.ferrynfs.storage.testkit.faults;
}
