/** What an NFS server needs of a file system, as interfaces, and a volume in memory. */
module io.ferrynfs.storage {
  requires static transitive org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.ferrynfs.storage;
  exports io.ferrynfs.storage.memory;
}
