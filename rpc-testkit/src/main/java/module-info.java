/** A simulated network, clock and scheduler on one thread, driven by a seed. */
module io.ferrynfs.rpc.testkit {
  requires transitive io.ferrynfs.rpc;
  requires static transitive org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.ferrynfs.rpc.testkit;
}
