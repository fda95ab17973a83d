package io.ferrynfs.server.state;

import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;

/**
 * The special stateids of RFC 8881 section 8.2.3. A server never returns one of them as new state.
 */
public final class Stateids {
  /** Length of {@code stateid4.other}. */
  public static final int OTHER_BYTES = 12;

  private static final long SEQID_MAX = 0xffff_ffffL;
  private static final Opaque ZEROS = Opaque.of(new byte[OTHER_BYTES]);
  private static final Opaque ONES = ones();

  /** READ and WRITE without an open; share and lock checks apply. */
  public static final Stateid4 ANONYMOUS = new Stateid4(0, ZEROS);

  /** READ that bypasses locks. */
  public static final Stateid4 READ_BYPASS = new Stateid4(SEQID_MAX, ONES);

  /** The current stateid of the COMPOUND. */
  public static final Stateid4 CURRENT = new Stateid4(1, ZEROS);

  /** The invalid stateid, which is never accepted. */
  public static final Stateid4 INVALID = new Stateid4(SEQID_MAX, ZEROS);

  private Stateids() {}

  /** Returns whether {@code other} is one of the two patterns of special stateids. */
  public static boolean isSpecial(Stateid4 stateid) {
    return stateid.other().equals(ZEROS) || stateid.other().equals(ONES);
  }

  private static Opaque ones() {
    byte[] bytes = new byte[OTHER_BYTES];
    java.util.Arrays.fill(bytes, (byte) 0xff);
    return Opaque.of(bytes);
  }
}
