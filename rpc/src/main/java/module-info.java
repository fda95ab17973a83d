/** ONC RPC over TCP with calls in both directions, and the environment of clients and servers. */
module io.ferrynfs.rpc {
  requires transitive io.ferrynfs.wire;
  requires static transitive org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.ferrynfs.rpc;
  exports io.ferrynfs.rpc.address;
  exports io.ferrynfs.rpc.auth;
  exports io.ferrynfs.rpc.env;
  exports io.ferrynfs.rpc.limit to
      io.ferrynfs.client,
      io.ferrynfs.server;
}
