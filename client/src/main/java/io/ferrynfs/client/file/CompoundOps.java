package io.ferrynfs.client.file;

import io.ferrynfs.wire.nfs4.Getattr4Args;
import io.ferrynfs.wire.nfs4.Lookup4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Putfh4Args;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;

/** Operations that are written often. */
public final class CompoundOps {

  /** The anonymous stateid (RFC 8881 section 8.2.3): as nobody's open. */
  public static final Stateid4 ANONYMOUS = new Stateid4(0, Opaque.of(new byte[12]));

  /** The current stateid, which an OPEN before in the same COMPOUND has set (section 8.2.3). */
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
   * A stateid for READ, WRITE and COPY: seqid 0 asks for no check of how recent it is (section
   * 8.2.2), so that an OPEN that is under way does not disturb.
   */
  public static Stateid4 forData(Stateid4 open) {
    return new Stateid4(0, open.other());
  }
}
