/**
 * The protocols as Java types: ONC RPC, NFSv4.1 and 4.2, and Ferry's administration program; and
 * the XDR runtime.
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
