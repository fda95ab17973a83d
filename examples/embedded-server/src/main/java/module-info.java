/** A program that serves a directory over NFS. */
module com.example.server {
  requires io.ferrynfs.server;
  requires io.ferrynfs.storage.linux;
}
