/** An NFS server, minor versions 1 and 2, over volumes. */
module io.ferrynfs.server {
  requires transitive io.ferrynfs.rpc;
  requires transitive io.ferrynfs.storage;
  requires transitive io.ferrynfs.wire;
  requires io.ferrynfs.client;
  requires com.h2database.mvstore;
  requires static transitive org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.ferrynfs.server;
}
