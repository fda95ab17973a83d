package io.ferrynfs.server.testing;

import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.wire.attr.Attr;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.nfs4.Access4Args;
import io.ferrynfs.wire.nfs4.Close4Args;
import io.ferrynfs.wire.nfs4.Commit4Args;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Args;
import io.ferrynfs.wire.nfs4.Create4Args;
import io.ferrynfs.wire.nfs4.Createhow4;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.DataContent4;
import io.ferrynfs.wire.nfs4.DestroyClientid4Args;
import io.ferrynfs.wire.nfs4.DestroySession4Args;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Getattr4Args;
import io.ferrynfs.wire.nfs4.Getfh4Res;
import io.ferrynfs.wire.nfs4.Link4Args;
import io.ferrynfs.wire.nfs4.Lookup4Args;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Args;
import io.ferrynfs.wire.nfs4.OffloadStatus4Args;
import io.ferrynfs.wire.nfs4.Open4Args;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.Openflag4;
import io.ferrynfs.wire.nfs4.Putfh4Args;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Readdir4Args;
import io.ferrynfs.wire.nfs4.Remove4Args;
import io.ferrynfs.wire.nfs4.Rename4Args;
import io.ferrynfs.wire.nfs4.Seek4Args;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.Setattr4Args;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.StateOwner4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.Write4Args;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Operations with the arguments that most tests need. */
public final class Ops {
  /** OPEN4_SHARE_ACCESS_READ. */
  public static final int READ = 1;

  /** OPEN4_SHARE_ACCESS_WRITE. */
  public static final int WRITE = 2;

  /** OPEN4_SHARE_ACCESS_BOTH. */
  public static final int BOTH = 3;

  /** OPEN4_SHARE_DENY_NONE. */
  public static final int NONE = 0;

  private Ops() {}

  /** Returns a PUTROOTFH. */
  public static NfsArgop4 putrootfh() {
    return new NfsArgop4.Putrootfh();
  }

  /** Returns a PUTFH. */
  public static NfsArgop4 putfh(NfsFh4 filehandle) {
    return new NfsArgop4.Putfh(new Putfh4Args(filehandle));
  }

  /** Returns a GETFH. */
  public static NfsArgop4 getfh() {
    return new NfsArgop4.Getfh();
  }

  /** Returns a LOOKUP. */
  public static NfsArgop4 lookup(String name) {
    return new NfsArgop4.Lookup(new Lookup4Args(Opaque.ofUtf8(name)));
  }

  /** Returns a GETATTR of one attribute. */
  public static NfsArgop4 getattr(int attribute) {
    return new NfsArgop4.Getattr(new Getattr4Args(Bitmap4.of(attribute)));
  }

  /** Returns an OPEN that creates the file if it does not exist. */
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

  /** Returns a CLOSE. */
  public static NfsArgop4 close(Stateid4 stateid) {
    return new NfsArgop4.Close(new Close4Args(0, stateid));
  }

  /** Returns a READ from offset 0. */
  public static NfsArgop4 read(Stateid4 stateid, int count) {
    return new NfsArgop4.Read(new Read4Args(stateid, 0, count));
  }

  /** Returns a SAVEFH. */
  public static NfsArgop4 savefh() {
    return new NfsArgop4.Savefh();
  }

  /** Returns an ACCESS. */
  public static NfsArgop4 access(long bits) {
    return new NfsArgop4.Access(new Access4Args(bits));
  }

  /** Returns a GETATTR of several attributes. */
  public static NfsArgop4 getattr(Attr<?>... attrs) {
    return new NfsArgop4.Getattr(new Getattr4Args(bits(attrs)));
  }

  /** Returns a SETATTR. */
  public static NfsArgop4 setattr(Stateid4 stateid, AttrValues values) {
    return new NfsArgop4.Setattr(new Setattr4Args(stateid, values.encode()));
  }

  /** Returns a CREATE. */
  public static NfsArgop4 create(Createtype4 type, String name, AttrValues values) {
    return new NfsArgop4.Create(new Create4Args(type, Opaque.ofUtf8(name), values.encode()));
  }

  /** Returns a LINK of the saved filehandle. */
  public static NfsArgop4 link(String name) {
    return new NfsArgop4.Link(new Link4Args(Opaque.ofUtf8(name)));
  }

  /** Returns a RENAME from the saved directory to the current one. */
  public static NfsArgop4 rename(String from, String to) {
    return new NfsArgop4.Rename(new Rename4Args(Opaque.ofUtf8(from), Opaque.ofUtf8(to)));
  }

  /** Returns a REMOVE. */
  public static NfsArgop4 remove(String name) {
    return new NfsArgop4.Remove(new Remove4Args(Opaque.ofUtf8(name)));
  }

  /** Returns an OPEN of an existing file by name. */
  public static NfsArgop4 openByName(String owner, long access, long deny, String name) {
    return open(owner, access, deny, new Openflag4.Nocreate(), claim(name));
  }

  /** Returns an OPEN of the current filehandle. */
  public static NfsArgop4 openCurrent(String owner, long access, long deny) {
    return open(owner, access, deny, new Openflag4.Nocreate(), new OpenClaim4.Fh());
  }

  /** Returns an OPEN that creates the file in this mode. */
  public static NfsArgop4 openCreate(String owner, long access, Createhow4 how, String name) {
    return open(owner, access, 0, new Openflag4.Create(how), claim(name));
  }

  /** Returns a CLAIM_NULL. */
  public static OpenClaim4 claim(String name) {
    return new OpenClaim4.Null(Opaque.ofUtf8(name));
  }

  /** Returns an OPEN with all of its arguments. */
  public static NfsArgop4 open(
      String owner, long access, long deny, Openflag4 how, OpenClaim4 claim) {
    return new NfsArgop4.Open(
        new Open4Args(0, access, deny, new StateOwner4(0, Opaque.ofUtf8(owner)), how, claim));
  }

  /** Returns a READ. */
  public static NfsArgop4 read(Stateid4 stateid, long offset, long count) {
    return new NfsArgop4.Read(new Read4Args(stateid, offset, count));
  }

  /** Returns a WRITE of a text. */
  public static NfsArgop4 write(Stateid4 stateid, long offset, StableHow4 stable, String data) {
    return new NfsArgop4.Write(new Write4Args(stateid, offset, stable, payload(data)));
  }

  /** Returns a COMMIT of the whole file. */
  public static NfsArgop4 commit() {
    return new NfsArgop4.Commit(new Commit4Args(0, 0));
  }

  /** Returns a READDIR. */
  public static NfsArgop4 readdir(
      long cookie, Verifier4 verifier, long dircount, long maxcount, Attr<?>... attrs) {
    return new NfsArgop4.Readdir(
        new Readdir4Args(cookie, verifier, dircount, maxcount, bits(attrs)));
  }

  /** Returns a synchronous COPY within the server. */
  public static NfsArgop4 copy(Stateid4 from, Stateid4 to, long offset, long target, long count) {
    return new NfsArgop4.Copy(
        new Copy4Args(from, to, offset, target, count, true, true, List.of()));
  }

  /** Returns a synchronous COPY with the anonymous stateid on both sides. */
  public static NfsArgop4 copy(long offset, long target, long count) {
    return copy(Stateids.ANONYMOUS, Stateids.ANONYMOUS, offset, target, count);
  }

  /** Returns a COPY that may be asynchronous, with the anonymous stateid on both sides. */
  public static NfsArgop4 copyAsync(long offset, long target, long count) {
    return copyAsync(Stateids.ANONYMOUS, Stateids.ANONYMOUS, offset, target, count);
  }

  /** Returns a COPY that may be asynchronous. */
  public static NfsArgop4 copyAsync(
      Stateid4 from, Stateid4 to, long offset, long target, long count) {
    return new NfsArgop4.Copy(
        new Copy4Args(from, to, offset, target, count, true, false, List.of()));
  }

  /** Returns an OFFLOAD_STATUS. */
  public static NfsArgop4 offloadStatus(Stateid4 stateid) {
    return new NfsArgop4.OffloadStatus(new OffloadStatus4Args(stateid));
  }

  /** Returns an OFFLOAD_CANCEL. */
  public static NfsArgop4 offloadCancel(Stateid4 stateid) {
    return new NfsArgop4.OffloadCancel(new OffloadCancel4Args(stateid));
  }

  /** Returns a COPY_NOTIFY. */
  public static NfsArgop4 copyNotify(Stateid4 stateid, Netloc4 destination) {
    return new NfsArgop4.CopyNotify(new CopyNotify4Args(stateid, destination));
  }

  /** Returns a SEEK for data from offset 0. */
  public static NfsArgop4 seekData(Stateid4 stateid) {
    return new NfsArgop4.Seek(new Seek4Args(stateid, 0, DataContent4.NFS4_CONTENT_DATA.value()));
  }

  /** Returns a text as an opaque payload. */
  public static BufferPayload payload(String data) {
    return new BufferPayload(ByteBuffer.wrap(data.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns the mask of several attributes. */
  public static Bitmap4 bits(Attr<?>... attrs) {
    Bitmap4 bits = Bitmap4.EMPTY;
    for (Attr<?> attr : attrs) {
      bits = bits.with(attr.number());
    }
    return bits;
  }

  /** Returns a DESTROY_SESSION. */
  public static NfsArgop4 destroySession(Sessionid4 session) {
    return new NfsArgop4.DestroySession(new DestroySession4Args(session));
  }

  /** Returns a DESTROY_CLIENTID. */
  public static NfsArgop4 destroyClientid(long clientid) {
    return new NfsArgop4.DestroyClientid(new DestroyClientid4Args(clientid));
  }

  /** Returns the stateid of the OPEN among these results. */
  public static Stateid4 stateid(List<NfsResop4> results) {
    for (NfsResop4 result : results) {
      if (result instanceof NfsResop4.Open(Open4Res.Ok(var ok))) {
        return ok.stateid();
      }
    }
    throw new AssertionError(results);
  }

  /** Returns the filehandle of the GETFH among these results. */
  public static NfsFh4 filehandle(List<NfsResop4> results) {
    for (NfsResop4 result : results) {
      if (result instanceof NfsResop4.Getfh(Getfh4Res.Ok(var ok))) {
        return ok.object();
      }
    }
    throw new AssertionError(results);
  }
}
