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
 * A file of a source, to be read with the stateid that COPY_NOTIFY gave out there (RFC 7862 section
 * 4.6.2). Nothing is opened at the source, so there is nothing to close or to reclaim there either:
 * when the source has restarted, READ says so and the copy ends.
 *
 * <p>Failures of the futures are {@link SourceFailure}s, see {@link SourceFailure#of}.
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
   * A file that is so long is asked where its holes are though it takes the space of its length: it
   * may have space reserved, which is no data, and one more round trip costs it nothing.
   */
  private static final long ASKED_BYTES_MIN = 16 << 20;

  private final boolean hasHoles;
  private final AtomicReference<@Nullable Ahead> ahead = new AtomicReference<>();

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

  /**
   * What has come with the answer that the file is there.
   *
   * @param room has it in memory, and is to be given back
   * @param bytes how much
   * @param offset in the file
   */
  public record Ahead(ReadRoom room, int bytes, long offset) {
    /** Some of it, from so many bytes on. */
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
   * Asks for a file, and whether the stateid may read it: by a READ, of what is wanted first if
   * that is little, else of no bytes. The stateid is shown with a seqid of 0, as Linux does:
   * Linux's server compares the seqid with that of the open that it stands for.
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
            file.keep(new Ahead(room, data(answer, room, count).bytes(), read.offset()));
          }
          return file;
        })
        .whenComplete((_, failure) -> {
          if (failure != null && room != null) {
            link.buffers().giveBack(room);
          }
        });
  }

  /** Of a file with holes it is not known yet what of it is one. */
  private void keep(Ahead come) {
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
    return new SourceFile(link, request, stateid, attributes);
  }

  private static NfsArgop4 put(NfsFh4 handle) {
    return new NfsArgop4.Putfh(new Putfh4Args(handle));
  }

  /** Bytes of the file when it was asked for. */
  public long size() {
    return size;
  }

  @Override
  public boolean hasHoles() {
    return hasHoles;
  }

  /** The filehandle at the source. */
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

  /** What the READ at the end gave. */
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
   * SEEK (RFC 7862 section 15.11): the next data, and how far it goes. How long the file is is
   * asked after that: who were told before would take what was cut off in between for a hole.
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

  /** No data follows: of Linux's server also where the file ends with a hole. */
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
    } catch (CallException misfit) {
      throw new CompletionException(misfit);
    }
    throw new CompletionException(
        new SourceFailure(Kind.BROKEN, "the source does not tell how long the file is"));
  }

  /** The offset that SEEK found; the end of the file when there is no such thing before it. */
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

  /** What has come already, once: the room is the caller's. Null when nothing has. */
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

  /** The source and the beginning of the filehandle, for people. */
  public String description() {
    String hex = handle.data().toHex();
    String shown = hex.length() > 2 * SHOWN_BYTES ? hex.substring(0, 2 * SHOWN_BYTES) + "..." : hex;
    return HostText.of(link.address()) + " filehandle " + shown;
  }

  /** Gives the link back; READs that are in flight complete all the same. */
  @Override
  public void close() {
    Ahead unused = takeAhead();
    if (unused != null) {
      giveBack(unused.room());
    }
    link.close();
  }
}
