package io.ferrynfs.server.operation;

import io.ferrynfs.server.attribute.AttributeTable;
import io.ferrynfs.server.attribute.Subject;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.Export;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.server.status.StatusMap;
import io.ferrynfs.server.status.ValidErrors;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.DirectoryEntry;
import io.ferrynfs.storage.DirectoryPage;
import io.ferrynfs.storage.EntrySink;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Dirlist4;
import io.ferrynfs.wire.nfs4.Entry4;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Readdir4Args;
import io.ferrynfs.wire.nfs4.Readdir4Res;
import io.ferrynfs.wire.nfs4.Readdir4Resok;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The READDIR operation (RFC 8881 section 18.23). Cookies and the cookie verifier are those of the
 * volume, so a listing continues after a restart of this server.
 */
final class Readdir implements NfsOperation<Readdir4Args, Readdir4Res> {
  /** Cookie verifier, end of the list and eof: the size of READDIR4resok without entries. */
  private static final int RESOK_BYTES = 8 + 4 + 4;

  /** Operation number and status. */
  private static final int HEAD_BYTES = 4 + 4;

  private static final int COOKIES_RESERVED = 2;

  /** Bounds the work of one READDIR if the client sets no bound. */
  private static final int ENTRIES_MAX = 16_384;

  /**
   * The maximum size of a reply, whatever the client requests. The entries are in memory, once for
   * each slot of a client that does not read its replies. A large directory takes more calls (RFC
   * 8881 section 18.23.3).
   */
  private static final long REPLY_BYTES_MAX = 128 << 10;

  @Override
  public Readdir4Res execute(Readdir4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef directory = c.current();
    AttributeTable.INSTANCE.checkReadable(directory.export(), args.attrRequest());
    if (args.cookie() > 0 && args.cookie() <= COOKIES_RESERVED) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_COOKIE);
    }
    long room = (long) c.replyRoom() - HEAD_BYTES;
    long bytes = Math.min(REPLY_BYTES_MAX, Math.min(args.maxcount(), room));
    Page page = new Page(args, c, directory, bytes - RESOK_BYTES);
    long verifier = args.cookieverf().data().asByteBuffer().getLong();
    DirectoryPage end = read(c.caller(), directory, args.cookie(), verifier, page);
    if (page.entries.isEmpty() && !end.end()) {
      // RFC 8881 section 18.23.3 for the limit of the client, RFC 8881 section 2.10.6.4 for that of
      // the session.
      throw new NfsStatusException(
          args.maxcount() <= room ? Nfsstat4.NFS4ERR_TOOSMALL : Nfsstat4.NFS4ERR_REP_TOO_BIG);
    }
    if (page.bytesLeft < 0) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_TOOSMALL);
    }
    return new Readdir4Res.Ok(
        new Readdir4Resok(verifier(end.verifier()), new Dirlist4(page.entries, end.end())));
  }

  private static DirectoryPage read(
      Caller caller, FileRef directory, long cookie, long verifier, Page page)
      throws NfsStatusException, StorageException {
    try {
      return directory.volume().readDirectory(caller, directory.handle(), cookie, verifier, page);
    } catch (StorageException e) {
      if (e.status() != Status.BAD_COOKIE || verifier == currentVerifier(caller, directory)) {
        throw e;
      }
      // RFC 8881 section 18.23.3: an invalid verifier has a status of its own.
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOT_SAME);
    }
  }

  private static long currentVerifier(Caller caller, FileRef directory) throws StorageException {
    return directory
        .volume()
        .readDirectory(caller, directory.handle(), 0, 0, entry -> false)
        .verifier();
  }

  private static Verifier4 verifier(long value) {
    return new Verifier4(Opaque.of(ByteBuffer.allocate(Long.BYTES).putLong(0, value)));
  }

  @Override
  public Cost cost(Readdir4Args args) {
    return Cost.BULK;
  }

  /** Returns the overhead only, because READDIR returns the entries that fit. */
  @Override
  public int replyBytesMax(Readdir4Args args) {
    return HEAD_BYTES + RESOK_BYTES;
  }

  /** A receiver of entries until the reply is full. */
  private static final class Page implements EntrySink {
    private final Readdir4Args args;
    private final CompoundContext c;
    private final FileRef directory;
    private final Caller caller;
    private final List<Entry4> entries = new ArrayList<>();
    private long bytesLeft;
    private long nameBytesLeft;

    Page(Readdir4Args args, CompoundContext c, FileRef directory, long bytes) {
      this.args = args;
      this.c = c;
      this.directory = directory;
      this.caller = FileSupport.callerFor(c, directory);
      this.bytesLeft = bytes;
      this.nameBytesLeft = args.dircount() == 0 ? Long.MAX_VALUE : args.dircount();
    }

    @Override
    public boolean accept(DirectoryEntry entry) throws StorageException {
      if (directory.export().isPseudo() && !c.exports().isSeen(entry.handle())) {
        return true;
      }
      long nameBytes = Long.BYTES + Integer.BYTES + padded(entry.name().size());
      // dircount is a hint (RFC 8881 section 18.23.3), so it never excludes the first entry.
      boolean full = entries.size() >= ENTRIES_MAX || nameBytes > nameBytesLeft;
      if (full && !entries.isEmpty()) {
        return false;
      }
      if (nameBytes + 3 * Integer.BYTES > bytesLeft) {
        return false;
      }
      Fattr4 attributes = attributes(entry);
      if (attributes == null) {
        return true;
      }
      long bytes = Integer.BYTES + nameBytes + encodedBytes(attributes);
      if (bytes > bytesLeft) {
        return false;
      }
      bytesLeft -= bytes;
      nameBytesLeft -= nameBytes;
      entries.add(new Entry4(entry.cookie(), Opaque.of(entry.name().toByteArray()), attributes));
      return true;
    }

    /**
     * Returns the attributes of an entry, or null if the object no longer exists and the entry is
     * to be omitted. An entry that cannot be read, such as a mount point, has its error instead. If
     * the client does not request rdattr_error, READDIR fails with that error (RFC 8881 section
     * 5.8.1.12).
     */
    private @Nullable Fattr4 attributes(DirectoryEntry entry) throws StorageException {
      AttributeTable table = AttributeTable.INSTANCE;
      try {
        return table.readable(subject(entry), args.attrRequest());
      } catch (StorageException e) {
        if (e.status() == Status.NOT_FOUND || e.status() == Status.STALE) {
          return null;
        }
        Nfsstat4 status = ValidErrors.constrain(NfsOpnum4.OP_GETATTR, StatusMap.of(e.status()));
        Fattr4 failure = table.readFailure(args.attrRequest(), status, entry.fileId());
        if (failure == null) {
          throw e;
        }
        return failure;
      }
    }

    /** Returns the object that LOOKUP finds for an entry, which may be the root of an export. */
    private Subject subject(DirectoryEntry entry) throws StorageException {
      if (directory.export().isPseudo()) {
        return FileSupport.subject(c, c.exports().cross(directory.sibling(entry.handle())));
      }
      Export mounted = c.exports().mountedOn(directory, entry.name());
      return mounted == null
          ? FileSupport.subject(c, new EntrySource(entry, directory), caller)
          : FileSupport.subject(c, mounted.rootRef());
    }

    private static long encodedBytes(Fattr4 attributes) {
      return Integer.BYTES
          + (long) Integer.BYTES * attributes.attrmask().words().length
          + Integer.BYTES
          + padded(attributes.attrVals().size());
    }

    private static long padded(int bytes) {
      return (bytes + 3L) & ~3L;
    }
  }

  /** An entry of the directory's own volume. Only requested attributes are read. */
  private record EntrySource(DirectoryEntry entry, FileRef directory) implements Subject.Source {
    @Override
    public Export export() {
      return directory.export();
    }

    @Override
    public FileRef file() throws StorageException {
      return directory.sibling(entry.handle());
    }

    @Override
    public Attributes attributes() throws StorageException {
      return entry.attributes();
    }

    @Override
    public long fileId() {
      return entry.fileId();
    }

    @Override
    public boolean isPlain() {
      return true;
    }
  }
}
