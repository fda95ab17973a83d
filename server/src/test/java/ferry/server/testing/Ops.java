package ferry.server.testing;

import ferry.wire.nfs4.Close4Args;
import ferry.wire.nfs4.Createhow4;
import ferry.wire.nfs4.DestroyClientid4Args;
import ferry.wire.nfs4.DestroySession4Args;
import ferry.wire.nfs4.Fattr4;
import ferry.wire.nfs4.Getattr4Args;
import ferry.wire.nfs4.Getfh4Res;
import ferry.wire.nfs4.Lookup4Args;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.NfsFh4;
import ferry.wire.nfs4.NfsResop4;
import ferry.wire.nfs4.Open4Args;
import ferry.wire.nfs4.Open4Res;
import ferry.wire.nfs4.OpenClaim4;
import ferry.wire.nfs4.Openflag4;
import ferry.wire.nfs4.Putfh4Args;
import ferry.wire.nfs4.Read4Args;
import ferry.wire.nfs4.Sessionid4;
import ferry.wire.nfs4.StateOwner4;
import ferry.wire.nfs4.Stateid4;
import ferry.wire.xdr.Bitmap4;
import ferry.wire.xdr.Opaque;
import java.util.List;

/** Operations with the arguments that most tests want. */
public final class Ops {
  /** OPEN4_SHARE_ACCESS_READ. */
  public static final int READ = 1;

  /** OPEN4_SHARE_ACCESS_WRITE. */
  public static final int WRITE = 2;

  /** Denies nothing. */
  public static final int NONE = 0;

  private Ops() {}

  /** PUTROOTFH. */
  public static NfsArgop4 putrootfh() {
    return new NfsArgop4.Putrootfh();
  }

  /** PUTFH. */
  public static NfsArgop4 putfh(NfsFh4 filehandle) {
    return new NfsArgop4.Putfh(new Putfh4Args(filehandle));
  }

  /** GETFH. */
  public static NfsArgop4 getfh() {
    return new NfsArgop4.Getfh();
  }

  /** LOOKUP. */
  public static NfsArgop4 lookup(String name) {
    return new NfsArgop4.Lookup(new Lookup4Args(Opaque.ofUtf8(name)));
  }

  /** GETATTR of one attribute. */
  public static NfsArgop4 getattr(int attribute) {
    return new NfsArgop4.Getattr(new Getattr4Args(Bitmap4.of(attribute)));
  }

  /** OPEN that makes the file if it is not there. */
  public static NfsArgop4 open(String owner, String name, int access, int deny) {
    Fattr4 nothing = new Fattr4(Bitmap4.EMPTY, Opaque.EMPTY);
    return new NfsArgop4.Open(
        new Open4Args(
            0,
            access,
            deny,
            new StateOwner4(0, Opaque.ofUtf8(owner)),
            new Openflag4.Create(new Createhow4.Unchecked4(nothing)),
            new OpenClaim4.Null(Opaque.ofUtf8(name))));
  }

  /** CLOSE. */
  public static NfsArgop4 close(Stateid4 stateid) {
    return new NfsArgop4.Close(new Close4Args(0, stateid));
  }

  /** READ of the beginning. */
  public static NfsArgop4 read(Stateid4 stateid, int count) {
    return new NfsArgop4.Read(new Read4Args(stateid, 0, count));
  }

  /** DESTROY_SESSION. */
  public static NfsArgop4 destroySession(Sessionid4 session) {
    return new NfsArgop4.DestroySession(new DestroySession4Args(session));
  }

  /** DESTROY_CLIENTID. */
  public static NfsArgop4 destroyClientid(long clientid) {
    return new NfsArgop4.DestroyClientid(new DestroyClientid4Args(clientid));
  }

  /** The stateid of the OPEN among some results. */
  public static Stateid4 stateid(List<NfsResop4> results) {
    for (NfsResop4 result : results) {
      if (result instanceof NfsResop4.Open(Open4Res.Ok(var ok))) {
        return ok.stateid();
      }
    }
    throw new AssertionError(results);
  }

  /** The filehandle of the GETFH among some results. */
  public static NfsFh4 filehandle(List<NfsResop4> results) {
    for (NfsResop4 result : results) {
      if (result instanceof NfsResop4.Getfh(Getfh4Res.Ok(var ok))) {
        return ok.object();
      }
    }
    throw new AssertionError(results);
  }
}
