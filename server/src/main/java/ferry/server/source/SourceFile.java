package ferry.server.source;

import ferry.client.file.FileAttributes;
import ferry.client.session.CallException;
import ferry.client.session.Compound;
import ferry.client.session.Results;
import ferry.rpc.Credential;
import ferry.server.source.SourceFailure.Kind;
import ferry.storage.OpenFile;
import ferry.wire.attr.Attrs;
import ferry.wire.nfs4.DataContent4;
import ferry.wire.nfs4.Getattr4Args;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.NfsFh4;
import ferry.wire.nfs4.NfsResop4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.Putfh4Args;
import ferry.wire.nfs4.Read4Args;
import ferry.wire.nfs4.Read4Res;
import ferry.wire.nfs4.Seek4Args;
import ferry.wire.nfs4.Seek4Res;
import ferry.wire.nfs4.Stateid4;
import ferry.wire.xdr.Bitmap4;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A file of a source, to be read with the stateid that COPY_NOTIFY gave out there (RFC 7862 section
 * 4.6.2). Nothing is opened at the source, so there is nothing to close or to reclaim there either:
 * when the source has restarted, READ says so and the copy ends.
 *
 * <p>Failures of the futures are {@link SourceFailure}s, see {@link SourceFailure#of}.
 */
public final class SourceFile implements AutoCloseable {
  private static final Bitmap4 ASKED =
      Bitmap4.of(Attrs.TYPE.number(), Attrs.SIZE.number(), Attrs.SPACE_USED.number());
  private static final Bitmap4 SIZE = Bitmap4.of(Attrs.SIZE.number());
  private static final int SHOWN_BYTES = 12;

  private final SourceLinks.Use link;
  private final NfsFh4 handle;
  private final Stateid4 stateid;
  private final Credential reader;
  private final long size;
  private final boolean hasHoles;

  /** What READ gave: bytes, and whether they reach the end of the file. */
  public record Piece(int bytes, boolean eof) {}

  /**
   * Where data is.
   *
   * @param start offset of the first byte of data at or behind the one asked for; the end of the
   *     file if none follows
   * @param end offset of the hole behind it
   */
  public record Extent(long start, long end) {}

  private SourceFile(
      SourceLinks.Use link,
      NfsFh4 handle,
      Stateid4 stateid,
      Credential reader,
      FileAttributes attributes) {
    this.link = link;
    this.handle = handle;
    this.stateid = stateid;
    this.reader = reader;
    this.size = attributes.sizeBytes();
    Long used = attributes.get(Attrs.SPACE_USED);
    this.hasHoles = used != null && used < size && link.session().minorVersion() > 1;
  }

  /**
   * Asks for a file, and whether the stateid may read it: by a READ of no bytes.
   *
   * @param stateid as the source gave it out. It is shown with a seqid of 0, as Linux does: Linux's
   *     server compares the seqid with that of the open that it stands for
   * @param reader whom the source is to believe that reads
   */
  static CompletableFuture<SourceFile> open(
      SourceLinks.Use link, NfsFh4 handle, Stateid4 stateid, Credential reader) {
    Stateid4 shown = new Stateid4(0, stateid.other());
    Compound question =
        Compound.of(
                put(handle),
                new NfsArgop4.Getattr(new Getattr4Args(ASKED)),
                new NfsArgop4.Read(new Read4Args(shown, 0, 0)))
            .as(reader)
            .build();
    return link.session()
        .attempt(question)
        .thenApply(answer -> opened(link, handle, shown, reader, answer));
  }

  private static SourceFile opened(
      SourceLinks.Use link, NfsFh4 handle, Stateid4 stateid, Credential reader, Results answer) {
    if (!answer.ok(1)) {
      throw new CompletionException(SourceFailure.of(answer));
    }
    FileAttributes attributes;
    try {
      attributes = FileAttributes.at(answer, 1);
    } catch (CallException misfit) {
      throw new CompletionException(misfit);
    }
    if (!attributes.isRegular()) {
      throw new CompletionException(
          new SourceFailure(Kind.WRONG_TYPE, "the source is no regular file"));
    }
    if (!answer.ok()) {
      throw new CompletionException(SourceFailure.of(answer));
    }
    Long size = attributes.get(Attrs.SIZE);
    if (size == null || size < 0) {
      throw new CompletionException(
          new SourceFailure(Kind.BROKEN, "the source does not tell how long the file is"));
    }
    return new SourceFile(link, handle, stateid, reader, attributes);
  }

  private static NfsArgop4 put(NfsFh4 handle) {
    return new NfsArgop4.Putfh(new Putfh4Args(handle));
  }

  /** Bytes of the file when it was asked for. */
  public long size() {
    return size;
  }

  /** Whether it takes less space than it has bytes, and the source can be asked where. */
  public boolean hasHoles() {
    return hasHoles;
  }

  /** The filehandle at the source. */
  public NfsFh4 handle() {
    return handle;
  }

  /** The data of one READ, at most. */
  public int readBytes() {
    return link.readBytes();
  }

  /**
   * READ, whose data goes behind what there is in a room, which nobody else may use until the
   * future completes. If the transport has data for it later still, because the call was sent
   * again, that goes nowhere and ends the connection that it comes on.
   */
  public CompletableFuture<Piece> read(ReadRoom room, long offset, int bytes) {
    room.asking(bytes);
    Compound question =
        Compound.of(put(handle), new NfsArgop4.Read(new Read4Args(stateid, offset, bytes)))
            .readInto(room)
            .as(reader)
            .build();
    return link.session().attempt(question).thenApply(answer -> piece(answer, room, bytes));
  }

  private static Piece piece(Results answer, ReadRoom room, int asked) {
    if (!answer.ok()) {
      throw new CompletionException(SourceFailure.of(answer));
    }
    if (answer.results().size() == 2
        && answer.results().get(1) instanceof NfsResop4.Read(Read4Res.Ok(var ok))
        && ok.data().length() <= asked
        && room.answered(ok.data().length())) {
      return new Piece(ok.data().length(), ok.eof());
    }
    throw new CompletionException(
        new SourceFailure(Kind.BROKEN, "the source's answer does not fit READ"));
  }

  /** SEEK (RFC 7862 section 15.11): the next data, and how far it goes. */
  public CompletableFuture<Extent> nextData(long offset) {
    Compound question =
        Compound.of(
                put(handle),
                new NfsArgop4.Getattr(new Getattr4Args(SIZE)),
                seek(offset, DataContent4.NFS4_CONTENT_DATA))
            .as(reader)
            .build();
    return link.session()
        .attempt(question)
        .thenCompose(answer -> {
          long now = sizeNow(answer);
          long start = found(answer, 2, offset, now);
          return start >= now
              ? CompletableFuture.completedFuture(new Extent(now, now))
              : endOfData(start, now);
        });
  }

  private CompletableFuture<Extent> endOfData(long start, long now) {
    Compound question =
        Compound.of(put(handle), seek(start, DataContent4.NFS4_CONTENT_HOLE)).as(reader).build();
    return link.session()
        .attempt(question)
        .thenApply(answer -> new Extent(start, found(answer, 1, start, now)));
  }

  private NfsArgop4 seek(long offset, DataContent4 what) {
    return new NfsArgop4.Seek(new Seek4Args(stateid, offset, what.value()));
  }

  private static long sizeNow(Results answer) {
    try {
      Long now = FileAttributes.at(answer, 1).get(Attrs.SIZE);
      if (now != null && now >= 0) {
        return now;
      }
    } catch (CallException misfit) {
      throw new CompletionException(misfit);
    }
    throw new CompletionException(
        new SourceFailure(Kind.BROKEN, "the source does not tell how long the file is"));
  }

  /** The offset that SEEK found; the end of the file when there is no such thing before it. */
  private static long found(Results answer, int index, long asked, long end) {
    if (answer.status() == Nfsstat4.NFS4ERR_NXIO) {
      return end;
    }
    if (!answer.ok()) {
      throw new CompletionException(SourceFailure.of(answer));
    }
    if (answer.results().size() > index
        && answer.results().get(index) instanceof NfsResop4.Seek(Seek4Res.Ok(var ok))) {
      if (ok.eof()) {
        return end;
      }
      if (ok.offset() >= asked) {
        return Math.min(ok.offset(), end);
      }
    }
    throw new CompletionException(
        new SourceFailure(Kind.BROKEN, "the source's answer does not fit SEEK"));
  }

  /** Room for {@link #read}; see {@link ReadBuffers.Share#take}. */
  public @Nullable ReadRoom takeRoom(OpenFile target, long bytes, Runnable whenFree) {
    return link.buffers().take(target, bytes, whenFree);
  }

  /** What is in it is written, or of no use. */
  public void giveBack(ReadRoom room) {
    link.buffers().giveBack(room);
  }

  /** The source has not answered: who comes next is to connect anew. */
  public void suspectLink() {
    link.discard();
  }

  /** The source and the beginning of the filehandle, for people. */
  public String forPeople() {
    InetSocketAddress address = link.address();
    String hex = handle.data().toHex();
    String shown = hex.length() > 2 * SHOWN_BYTES ? hex.substring(0, 2 * SHOWN_BYTES) + "..." : hex;
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
        + ":"
        + address.getPort()
        + " filehandle "
        + shown;
  }

  /** Gives the link back; READs that are in flight complete all the same. */
  @Override
  public void close() {
    link.close();
  }
}
