package io.ferrynfs.server.source;

import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.server.source.SourceFailure.Kind;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.DataContent4;
import io.ferrynfs.wire.nfs4.Getattr4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Args;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Seek4Args;
import io.ferrynfs.wire.nfs4.Seek4Res;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Bitmap4;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A file of a source, which is read with the stateid of COPY_NOTIFY (RFC 7862 section 4.6.2). This
 * server has no open at the source, so it has no state there to release or to reclaim. If the
 * source restarts, READ fails and the copy ends.
 *
 * <p>The futures fail with {@link SourceFailure}s, see {@link SourceFailure#of}.
 */
public final class SourceFile implements SourceBytes, AutoCloseable {
  private static final Bitmap4 ASKED =
      Bitmap4.of(Attrs.TYPE.number(), Attrs.SIZE.number(), Attrs.SPACE_USED.number());
  private static final Bitmap4 SIZE = Bitmap4.of(Attrs.SIZE.number());
  private static final int SHOWN_BYTES = 12;

  private final SourceLinks.Use link;
  private final NfsFh4 handle;
  private final Stateid4 stateid;
  private final Credential reader;
  private final long size;

  /**
   * The minimum size of a file for which SEEK is used although its space equals its size. It may
   * have reserved space, which is a hole for SEEK, and one more round trip is cheap for such a
   * file.
   */
  private static final long ASKED_BYTES_MIN = 16 << 20;

  private final boolean hasHoles;
  private final AtomicReference<@Nullable Ahead> ahead = new AtomicReference<>();

  /**
   * The result of a READ.
   *
   * @param bytes the number of bytes read
   * @param eof whether they reach the end of the file
   */
  public record Piece(int bytes, boolean eof) {}

  /**
   * A run of data.
   *
   * @param start the offset of the first data at or after the requested offset; the end of the file
   *     if there is none
   * @param end the offset of the next hole
   */
  public record Extent(long start, long end) {}

  /**
   * Data that was read together with the attributes of the file.
   *
   * @param room the room that has the data in memory; the caller returns it
   * @param bytes the number of bytes
   * @param offset the offset in the file
   */
  public record Ahead(ReadRoom room, int bytes, long offset) {
    /** Returns a part of the data from this index on. */
    public ByteBuffer data(int from, int length) {
      return Objects.requireNonNull(room.inMemory(from, length), "it came without a pipe");
    }
  }

  private SourceFile(
      SourceLinks.Use link, SourceRequest request, Stateid4 stateid, FileAttributes attributes) {
    this.link = link;
    this.handle = request.handle();
    this.stateid = stateid;
    this.reader = request.reader();
    this.size = attributes.sizeBytes();
    Long used = attributes.get(Attrs.SPACE_USED);
    boolean mayHaveHoles = used != null && (used < size || size >= ASKED_BYTES_MIN);
    this.hasHoles = mayHaveHoles && link.session().minorVersion() > 1;
  }

  /**
   * Gets the attributes of a file and checks that the stateid permits READ. It sends a READ of the
   * first wanted bytes if they are few, else of no bytes. The seqid of the stateid is 0, as with
   * Linux, because the Linux server compares the seqid with that of the underlying open.
   */
  static CompletableFuture<SourceFile> open(SourceLinks.Use link, SourceRequest request) {
    Stateid4 shown = new Stateid4(0, request.stateid().other());
    int bytes = Math.min(request.aheadBytes(), link.readBytes());
    ReadRoom room = bytes > 0 ? link.buffers().tryTake() : null;
    Read4Args read =
        room == null
            ? new Read4Args(shown, 0, 0)
            : new Read4Args(shown, request.offset(), Math.min(bytes, room.capacity()));
    int count = (int) read.count();
    Compound.Builder question =
        Compound.of(
            put(request.handle()),
            new NfsArgop4.Getattr(new Getattr4Args(ASKED)),
            new NfsArgop4.Read(read));
    if (room != null) {
      room.asking(count);
      question.readInto(room);
    }
    return link.session()
        .attempt(question.as(request.reader()).build())
        .thenApply(answer -> {
          SourceFile file = opened(link, request, shown, answer);
          if (room != null) {
            file.setAhead(new Ahead(room, data(answer, room, count).bytes(), read.offset()));
          }
          return file;
        })
        .whenComplete((_, failure) -> {
          if (failure != null && room != null) {
            link.buffers().giveBack(room);
          }
        });
  }

  /** In a file with holes, this data may be a hole. */
  private void setAhead(Ahead come) {
    if (hasHoles) {
      giveBack(come.room());
    } else {
      ahead.set(come);
    }
  }

  private static SourceFile opened(
      SourceLinks.Use link, SourceRequest request, Stateid4 stateid, Results answer) {
    if (!answer.ok(1)) {
      throw new CompletionException(SourceFailure.of(answer));
    }
    FileAttributes attributes;
    try {
      attributes = FileAttributes.at(answer, 1);
    } catch (CallException e) {
      throw new CompletionException(e);
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
    return new SourceFile(link, request, stateid, attributes);
  }

  private static NfsArgop4 put(NfsFh4 handle) {
    return new NfsArgop4.Putfh(new Putfh4Args(handle));
  }

  /** Returns the size of the file in bytes when it was opened. */
  public long size() {
    return size;
  }

  @Override
  public boolean hasHoles() {
    return hasHoles;
  }

  /** Returns the filehandle at the source. */
  public NfsFh4 handle() {
    return handle;
  }

  @Override
  public int readBytes() {
    return link.readBytes();
  }

  @Override
  public CompletableFuture<Piece> read(ReadRoom room, long offset, int bytes) {
    room.asking(bytes);
    Compound question =
        Compound.of(put(handle), new NfsArgop4.Read(new Read4Args(stateid, offset, bytes)))
            .readInto(room)
            .as(reader)
            .build();
    return link.session().attempt(question).thenApply(answer -> data(answer, room, bytes));
  }

  /** Returns the result of the READ at the end of the COMPOUND. */
  private static Piece data(Results answer, ReadRoom room, int asked) {
    if (!answer.ok()) {
      throw new CompletionException(SourceFailure.of(answer));
    }
    if (!answer.results().isEmpty()
        && answer.results().getLast() instanceof NfsResop4.Read(Read4Res.Ok(var ok))
        && ok.data().length() <= asked
        && room.answered(ok.data().length())) {
      return new Piece(ok.data().length(), ok.eof());
    }
    throw new CompletionException(
        new SourceFailure(Kind.BROKEN, "the source's answer does not fit READ"));
  }

  /**
   * Sends SEEK (RFC 7862 section 15.11) and returns the next data and its end. The size is read
   * after SEEK. An earlier size would make a range that was truncated in between look like a hole.
   */
  @Override
  public CompletableFuture<Extent> nextData(long offset) {
    Compound question =
        Compound.of(
                put(handle),
                seek(offset, DataContent4.NFS4_CONTENT_DATA),
                new NfsArgop4.Getattr(new Getattr4Args(SIZE)))
            .as(reader)
            .build();
    return link.session()
        .attempt(question)
        .thenCompose(answer -> {
          if (answer.status() == Nfsstat4.NFS4ERR_NXIO) {
            return sizeAfter();
          }
          if (!answer.ok()) {
            throw new CompletionException(SourceFailure.of(answer));
          }
          long now = sizeNow(answer, 2);
          long start = found(answer, offset, now);
          return start >= now
              ? CompletableFuture.completedFuture(new Extent(now, now))
              : endOfData(start, now);
        });
  }

  /**
   * Returns an empty run at the end of the file. The Linux server reports the end also for a file
   * that ends with a hole.
   */
  private CompletableFuture<Extent> sizeAfter() {
    Compound question =
        Compound.of(put(handle), new NfsArgop4.Getattr(new Getattr4Args(SIZE))).as(reader).build();
    return link.session()
        .attempt(question)
        .thenApply(answer -> {
          if (!answer.ok()) {
            throw new CompletionException(SourceFailure.of(answer));
          }
          long now = sizeNow(answer, 1);
          return new Extent(now, now);
        });
  }

  private CompletableFuture<Extent> endOfData(long start, long now) {
    Compound question =
        Compound.of(put(handle), seek(start, DataContent4.NFS4_CONTENT_HOLE)).as(reader).build();
    return link.session()
        .attempt(question)
        .thenApply(answer -> new Extent(start, found(answer, start, now)));
  }

  private NfsArgop4 seek(long offset, DataContent4 what) {
    return new NfsArgop4.Seek(new Seek4Args(stateid, offset, what.value()));
  }

  private static long sizeNow(Results answer, int index) {
    try {
      Long now = FileAttributes.at(answer, index).get(Attrs.SIZE);
      if (now != null && now >= 0) {
        return now;
      }
    } catch (CallException e) {
      throw new CompletionException(e);
    }
    throw new CompletionException(
        new SourceFailure(Kind.BROKEN, "the source does not tell how long the file is"));
  }

  /** Returns the offset that SEEK found, or the end of the file if it found none. */
  private static long found(Results answer, long asked, long end) {
    if (answer.status() == Nfsstat4.NFS4ERR_NXIO) {
      return end;
    }
    if (!answer.ok()) {
      throw new CompletionException(SourceFailure.of(answer));
    }
    if (answer.results().size() > 1
        && answer.results().get(1) instanceof NfsResop4.Seek(Seek4Res.Ok(var ok))) {
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

  /**
   * Returns the data that was read together with the attributes, at the first call only. The caller
   * owns the room. Returns null if there is none.
   */
  public @Nullable Ahead takeAhead() {
    return ahead.getAndSet(null);
  }

  @Override
  public @Nullable ReadRoom takeRoom(OpenFile target, long bytes, Runnable whenFree) {
    return link.buffers().take(target, bytes, whenFree);
  }

  @Override
  public void giveBack(ReadRoom room) {
    link.buffers().giveBack(room);
  }

  @Override
  public void suspectLink() {
    link.discard();
  }

  /** Returns the source and the start of the filehandle as printable text. */
  public String description() {
    String hex = handle.data().toHex();
    String shown = hex.length() > 2 * SHOWN_BYTES ? hex.substring(0, 2 * SHOWN_BYTES) + "..." : hex;
    return HostText.of(link.address()) + " filehandle " + shown;
  }

  /** Releases the link. READs in flight still complete. */
  @Override
  public void close() {
    Ahead unused = takeAhead();
    if (unused != null) {
      giveBack(unused.room());
    }
    link.close();
  }
}
