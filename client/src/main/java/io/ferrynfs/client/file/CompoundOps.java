package io.ferrynfs.client.file;

import io.ferrynfs.wire.nfs4.Getattr4Args;
import io.ferrynfs.wire.nfs4.Lookup4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Putfh4Args;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;

/** Creates operations of COMPOUNDs. */
public final class CompoundOps {

  /** The anonymous stateid (RFC 8881 section 8.2.3). */
  public static final Stateid4 ANONYMOUS = new Stateid4(0, Opaque.of(new byte[12]));

  /** The current stateid, set by an OPEN in the same COMPOUND (RFC 8881 section 8.2.3). */
  public static final Stateid4 CURRENT = new Stateid4(1, Opaque.of(new byte[12]));

  private CompoundOps() {}

  public static NfsArgop4 putRoot() {
    return new NfsArgop4.Putrootfh();
  }

  public static NfsArgop4 put(NfsFh4 handle) {
    return new NfsArgop4.Putfh(new Putfh4Args(handle));
  }

  public static NfsArgop4 save() {
    return new NfsArgop4.Savefh();
  }

  public static NfsArgop4 getHandle() {
    return new NfsArgop4.Getfh();
  }

  public static NfsArgop4 lookup(Opaque name) {
    return new NfsArgop4.Lookup(new Lookup4Args(name));
  }

  public static NfsArgop4 getAttributes(Bitmap4 which) {
    return new NfsArgop4.Getattr(new Getattr4Args(which));
  }

  /**
   * Returns a stateid with seqid 0, whose age the server does not check (RFC 8881 section 8.2.2),
   * so that a pending OPEN or LOCK does not invalidate it.
   */
  public static Stateid4 forData(Stateid4 open) {
    return new Stateid4(0, open.other());
  }
}
