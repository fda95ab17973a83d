package io.ferrynfs.bench.codec;

import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.Dirlist4;
import io.ferrynfs.wire.nfs4.Entry4;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Fsid4;
import io.ferrynfs.wire.nfs4.Getattr4Args;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.Open4Args;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.Openflag4;
import io.ferrynfs.wire.nfs4.Putfh4Args;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.Readdir4Res;
import io.ferrynfs.wire.nfs4.Readdir4Resok;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sequence4Res;
import io.ferrynfs.wire.nfs4.Sequence4Resok;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.StateOwner4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/** The measured messages, which resemble those between Ferry's client and server. */
final class Messages {
  private static final int READ_BYTES = 1 << 20;
  private static final int ENTRIES = 100;
  private static final Opaque TAG = Opaque.EMPTY;
  private static final Sessionid4 SESSION = new Sessionid4(zeros(16));
  private static final NfsFh4 FILEHANDLE = new NfsFh4(zeros(32));

  private Messages() {}

  /** Returns a call with SEQUENCE, PUTFH and GETATTR. */
  static Compound4Args getattrCall() {
    return call(new NfsArgop4.Getattr(new Getattr4Args(attributes(7).attrmask())));
  }

  /** Returns the reply to {@link #getattrCall}, with fourteen attributes. */
  static Compound4Res getattrReply() {
    return reply(new NfsResop4.Getattr(new Getattr4Res.Ok(new Getattr4Resok(attributes(7)))));
  }

  /** Returns a call with SEQUENCE, PUTFH, OPEN for reading, GETFH and GETATTR. */
  static Compound4Args openCall() {
    Open4Args open =
        new Open4Args(
            0,
            Nfs4.OPEN4_SHARE_ACCESS_READ,
            Nfs4.OPEN4_SHARE_DENY_NONE,
            new StateOwner4(1, Opaque.ofUtf8("ferry owner 1")),
            new Openflag4.Nocreate(),
            new OpenClaim4.Null(Opaque.ofUtf8("a name of usual length")));
    return call(
        new NfsArgop4.Open(open),
        new NfsArgop4.Getfh(),
        new NfsArgop4.Getattr(new Getattr4Args(attributes(7).attrmask())));
  }

  /**
   * Returns the reply to a READ with 1 MiB of data in a direct buffer, as a connection receives it.
   */
  static Compound4Res readReply() {
    BufferPayload data = new BufferPayload(ByteBuffer.allocateDirect(READ_BYTES));
    return reply(new NfsResop4.Read(new Read4Res.Ok(new Read4Resok(false, data))));
  }

  /** Returns the reply to a READDIR with one hundred entries of fourteen attributes each. */
  static Compound4Res readdirReply() {
    List<Entry4> entries =
        IntStream.rangeClosed(1, ENTRIES)
            .mapToObj(
                i -> new Entry4(i, Opaque.ofUtf8("file-%05d.txt".formatted(i)), attributes(i)))
            .toList();
    return reply(
        new NfsResop4.Readdir(
            new Readdir4Res.Ok(
                new Readdir4Resok(new Verifier4(zeros(8)), new Dirlist4(entries, true)))));
  }

  private static Compound4Args call(NfsArgop4... operations) {
    List<NfsArgop4> start =
        List.of(
            new NfsArgop4.Sequence(new Sequence4Args(SESSION, 9, 3, 63, false)),
            new NfsArgop4.Putfh(new Putfh4Args(FILEHANDLE)));
    return new Compound4Args(TAG, 2, join(start, List.of(operations)));
  }

  private static Compound4Res reply(NfsResop4 last) {
    Sequence4Resok sequence = new Sequence4Resok(SESSION, 9, 3, 63, 63, 0);
    return new Compound4Res(
        Nfsstat4.NFS4_OK,
        TAG,
        List.of(
            new NfsResop4.Sequence(new Sequence4Res.Ok(sequence)),
            new NfsResop4.Putfh(new Putfh4Res(Nfsstat4.NFS4_OK)),
            last));
  }

  private static <T> List<T> join(List<T> first, List<T> second) {
    return java.util.stream.Stream.concat(first.stream(), second.stream()).toList();
  }

  /** The attributes that Ferry's client requests of every object, except the device number. */
  private static Fattr4 attributes(long fileid) {
    Nfstime4 time = new Nfstime4(1_700_000_000, 123_456_789);
    return AttrValues.builder()
        .put(Attrs.TYPE, NfsFtype4.NF4REG)
        .put(Attrs.CHANGE, 42L)
        .put(Attrs.SIZE, 1L << 20)
        .put(Attrs.FSID, new Fsid4(1, 2))
        .put(Attrs.FILEID, fileid)
        .put(Attrs.MODE, 0644L)
        .put(Attrs.NUMLINKS, 1L)
        .put(Attrs.OWNER, Opaque.ofUtf8("1000"))
        .put(Attrs.OWNER_GROUP, Opaque.ofUtf8("1000"))
        .put(Attrs.SPACE_USED, 1L << 20)
        .put(Attrs.TIME_ACCESS, time)
        .put(Attrs.TIME_METADATA, time)
        .put(Attrs.TIME_MODIFY, time)
        .put(Attrs.MOUNTED_ON_FILEID, fileid)
        .build()
        .encode();
  }

  private static Opaque zeros(int bytes) {
    return Opaque.of(new byte[bytes]);
  }
}
