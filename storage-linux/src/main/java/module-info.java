/**
 * A directory of this machine as a volume, by the system calls of Linux. It needs native access.
 */
module io.ferrynfs.storage.linux {
  requires transitive io.ferrynfs.storage;
  requires com.h2database.mvstore;
  requires static transitive org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.ferrynfs.storage.linux;
}
