package io.ferrynfs.server.session;

import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.ReferringCallList4;
import java.util.List;

/**
 * A callback to make.
 *
 * @param operation the one operation after CB_SEQUENCE
 * @param referring calls of the client whose replies it must have seen first (RFC 8881 section
 *     2.10.6.3)
 */
public record Callback(NfsCbArgop4 operation, List<ReferringCallList4> referring) {
  public Callback {
    referring = List.copyOf(referring);
  }

  /** A callback that refers to no call. */
  public static Callback of(NfsCbArgop4 operation) {
    return new Callback(operation, List.of());
  }
}
