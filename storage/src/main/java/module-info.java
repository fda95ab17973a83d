/** The file system interfaces that an NFS server uses, and a volume in memory. */
module io.ferrynfs.storage {
  requires static transitive org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.ferrynfs.storage;
  exports io.ferrynfs.storage.memory;
}
