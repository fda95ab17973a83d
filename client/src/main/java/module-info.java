/** A client of NFSv4.1 and 4.2 servers, made for copies that the servers make. */
module io.ferrynfs.client {
  requires transitive io.ferrynfs.rpc;
  requires transitive io.ferrynfs.wire;
  requires jdk.security.auth;
  requires static transitive org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.ferrynfs.client;
  exports io.ferrynfs.client.backchannel to
      io.ferrynfs.server;
  exports io.ferrynfs.client.file to
      io.ferrynfs.server;
  exports io.ferrynfs.client.session to
      io.ferrynfs.server;
}
