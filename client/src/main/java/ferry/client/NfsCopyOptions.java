package ferry.client;

import java.util.function.LongConsumer;

/**
 * How to copy. Immutable: every method returns a new value.
 *
 * @param mode the permission bits of a destination that is created
 * @param replace whether an existing destination is replaced; else {@link
 *     NfsException.Reason#EXISTS}
 * @param requireOffload whether a copy the servers cannot do themselves fails with {@link
 *     NfsException.Reason#UNSUPPORTED} instead of passing through this client
 * @param forceStream whether the bytes pass through this client even if the server could copy
 * @param progress told the bytes copied so far, on the client's own thread: it must not block
 */
public record NfsCopyOptions(
    int mode, boolean replace, boolean requireOffload, boolean forceStream, LongConsumer progress) {

  private static final NfsCopyOptions DEFAULTS =
      new NfsCopyOptions(0644, true, false, false, bytes -> {});

  /** Replace what is there, by the best way that works, mode 0644. */
  public static NfsCopyOptions defaults() {
    return DEFAULTS;
  }

  public NfsCopyOptions withMode(int bits) {
    return new NfsCopyOptions(bits, replace, requireOffload, forceStream, progress);
  }

  public NfsCopyOptions withReplace(boolean value) {
    return new NfsCopyOptions(mode, value, requireOffload, forceStream, progress);
  }

  public NfsCopyOptions withRequireOffload(boolean value) {
    return new NfsCopyOptions(mode, replace, value, forceStream, progress);
  }

  public NfsCopyOptions withForceStream(boolean value) {
    return new NfsCopyOptions(mode, replace, requireOffload, value, progress);
  }

  public NfsCopyOptions withProgress(LongConsumer listener) {
    return new NfsCopyOptions(mode, replace, requireOffload, forceStream, listener);
  }
}
