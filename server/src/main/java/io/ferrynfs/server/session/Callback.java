package io.ferrynfs.server.session;

import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.ReferringCallList4;
import java.util.List;

/**
 * A callback to a client.
 *
 * @param operation the operation after CB_SEQUENCE
 * @param referring the calls whose replies the client must receive first (RFC 8881 section
 *     2.10.6.3)
 */
public record Callback(NfsCbArgop4 operation, List<ReferringCallList4> referring) {
  public Callback {
    referring = List.copyOf(referring);
  }

  /** Returns a callback without referring calls. */
  public static Callback of(NfsCbArgop4 operation) {
    return new Callback(operation, List.of());
  }
}
