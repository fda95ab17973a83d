/** A volume for Ferry's NFS server. */
module com.example.volume {
  requires transitive io.ferrynfs.storage;

  exports com.example.volume;
}
