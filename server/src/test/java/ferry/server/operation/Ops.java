package ferry.server.operation;

import ferry.server.state.Stateids;
import ferry.wire.attr.Attr;
import ferry.wire.attr.AttrValues;
import ferry.wire.nfs4.Access4Args;
import ferry.wire.nfs4.Close4Args;
import ferry.wire.nfs4.Commit4Args;
import ferry.wire.nfs4.Copy4Args;
import ferry.wire.nfs4.Create4Args;
import ferry.wire.nfs4.Createhow4;
import ferry.wire.nfs4.Createtype4;
import ferry.wire.nfs4.Getattr4Args;
import ferry.wire.nfs4.Link4Args;
import ferry.wire.nfs4.Lookup4Args;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.NfsFh4;
import ferry.wire.nfs4.Open4Args;
import ferry.wire.nfs4.OpenClaim4;
import ferry.wire.nfs4.Openflag4;
import ferry.wire.nfs4.Putfh4Args;
import ferry.wire.nfs4.Read4Args;
import ferry.wire.nfs4.Readdir4Args;
import ferry.wire.nfs4.Remove4Args;
import ferry.wire.nfs4.Rename4Args;
import ferry.wire.nfs4.Setattr4Args;
import ferry.wire.nfs4.StableHow4;
import ferry.wire.nfs4.StateOwner4;
import ferry.wire.nfs4.Stateid4;
import ferry.wire.nfs4.Verifier4;
import ferry.wire.nfs4.Write4Args;
import ferry.wire.xdr.Bitmap4;
import ferry.wire.xdr.BufferPayload;
import ferry.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Operations of a COMPOUND, in one line each. */
final class Ops {
  static final int READ = 1;
  static final int WRITE = 2;
  static final int BOTH = 3;

  private Ops() {}

  static NfsArgop4 putroot() {
    return new NfsArgop4.Putrootfh();
  }

  static NfsArgop4 putfh(NfsFh4 file) {
    return new NfsArgop4.Putfh(new Putfh4Args(file));
  }

  static NfsArgop4 savefh() {
    return new NfsArgop4.Savefh();
  }

  static NfsArgop4 getfh() {
    return new NfsArgop4.Getfh();
  }

  static NfsArgop4 lookup(String name) {
    return new NfsArgop4.Lookup(new Lookup4Args(Opaque.ofUtf8(name)));
  }

  static NfsArgop4 access(long bits) {
    return new NfsArgop4.Access(new Access4Args(bits));
  }

  static NfsArgop4 getattr(Attr<?>... attrs) {
    return new NfsArgop4.Getattr(new Getattr4Args(bits(attrs)));
  }

  static NfsArgop4 setattr(Stateid4 stateid, AttrValues values) {
    return new NfsArgop4.Setattr(new Setattr4Args(stateid, values.encode()));
  }

  static NfsArgop4 create(Createtype4 type, String name, AttrValues values) {
    return new NfsArgop4.Create(new Create4Args(type, Opaque.ofUtf8(name), values.encode()));
  }

  static NfsArgop4 link(String name) {
    return new NfsArgop4.Link(new Link4Args(Opaque.ofUtf8(name)));
  }

  static NfsArgop4 rename(String from, String to) {
    return new NfsArgop4.Rename(new Rename4Args(Opaque.ofUtf8(from), Opaque.ofUtf8(to)));
  }

  static NfsArgop4 remove(String name) {
    return new NfsArgop4.Remove(new Remove4Args(Opaque.ofUtf8(name)));
  }

  static NfsArgop4 openByName(String owner, long access, long deny, String name) {
    return open(owner, access, deny, new Openflag4.Nocreate(), claim(name));
  }

  static NfsArgop4 openCurrent(String owner, long access, long deny) {
    return open(owner, access, deny, new Openflag4.Nocreate(), new OpenClaim4.Fh());
  }

  static NfsArgop4 openCreate(String owner, long access, Createhow4 how, String name) {
    return open(owner, access, 0, new Openflag4.Create(how), claim(name));
  }

  static OpenClaim4 claim(String name) {
    return new OpenClaim4.Null(Opaque.ofUtf8(name));
  }

  static NfsArgop4 open(String owner, long access, long deny, Openflag4 how, OpenClaim4 claim) {
    return new NfsArgop4.Open(
        new Open4Args(0, access, deny, new StateOwner4(0, Opaque.ofUtf8(owner)), how, claim));
  }

  static NfsArgop4 close(Stateid4 stateid) {
    return new NfsArgop4.Close(new Close4Args(0, stateid));
  }

  static NfsArgop4 read(Stateid4 stateid, long offset, long count) {
    return new NfsArgop4.Read(new Read4Args(stateid, offset, count));
  }

  static NfsArgop4 write(Stateid4 stateid, long offset, StableHow4 stable, String data) {
    return new NfsArgop4.Write(new Write4Args(stateid, offset, stable, payload(data)));
  }

  static NfsArgop4 commit() {
    return new NfsArgop4.Commit(new Commit4Args(0, 0));
  }

  static NfsArgop4 readdir(
      long cookie, Verifier4 verifier, long dircount, long maxcount, Attr<?>... attrs) {
    return new NfsArgop4.Readdir(
        new Readdir4Args(cookie, verifier, dircount, maxcount, bits(attrs)));
  }

  /** A synchronous COPY inside the server. */
  static NfsArgop4 copy(Stateid4 from, Stateid4 to, long offset, long target, long count) {
    return new NfsArgop4.Copy(
        new Copy4Args(from, to, offset, target, count, true, true, List.of()));
  }

  /** A COPY with the anonymous stateid on both sides. */
  static NfsArgop4 copy(long offset, long target, long count) {
    return copy(Stateids.ANONYMOUS, Stateids.ANONYMOUS, offset, target, count);
  }

  static BufferPayload payload(String data) {
    return new BufferPayload(ByteBuffer.wrap(data.getBytes(StandardCharsets.UTF_8)));
  }

  static Bitmap4 bits(Attr<?>... attrs) {
    Bitmap4 bits = Bitmap4.EMPTY;
    for (Attr<?> attr : attrs) {
      bits = bits.with(attr.number());
    }
    return bits;
  }
}
