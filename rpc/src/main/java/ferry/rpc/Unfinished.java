package ferry.rpc;

/** Stands in for the engine, which follows. */
final class Unfinished {
  private Unfinished() {}

  static <T> T yet(RpcLimits limits, Class<T> type) {
    if (limits.connectionsMax() != Integer.MIN_VALUE) {
      throw new UnsupportedOperationException(type.getName());
    }
    throw new IllegalArgumentException();
  }
}
