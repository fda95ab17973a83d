/**
 * The XDR runtime, and ONC RPC, NFSv4.1, NFSv4.2 and Ferry's administration program as Java types.
 */
module io.ferrynfs.wire {
  requires static transitive org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.ferrynfs.wire.attr;
  exports io.ferrynfs.wire.nfs4;
  exports io.ferrynfs.wire.rpc;
  exports io.ferrynfs.wire.xdr;
  exports io.ferrynfs.wire.admin to
      io.ferrynfs.cli;
}
