package ferry.rpc;

/** Stands in for the engine, which follows. */
final class Unfinished {
  private Unfinished() {}

  static <T> T yet(RpcLimits limits) {
    if (limits.connectionsMax() != Integer.MIN_VALUE) {
      throw new UnsupportedOperationException();
    }
    throw new IllegalArgumentException();
  }
}
