package io.ferrynfs.client;

import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.file.Futures;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Entry4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Readdir4Resok;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The pages of one directory, in order, one at a time. A server may list a directory in a circle,
 * by repeated cookies or by the same names under new cookies. Brent's algorithm detects it: each
 * page is compared with one earlier page, which is replaced at every power of two, so the memory is
 * constant.
 */
final class DirectoryPages {

  /** The maximum number of entries of {@link #all}. */
  private static final int ENTRIES_MAX = 4 << 20;

  /**
   * The maximum number of pages with the names of an earlier page. Files may be removed and created
   * again during the listing, so a few such pages are no proof of a circle.
   */
  private static final int SAME_NAMES_MAX = 16;

  private static final Verifier4 FIRST = new Verifier4(Opaque.of(new byte[8]));

  private final RemoteClient client;
  private final NfsPath directory;
  private final NfsFh4 handle;

  private long cookie;
  private Verifier4 verifier = FIRST;
  private boolean ended;

  private long pages;
  private long nextMark = 1;
  private long markedCookie;
  private int markedNames;
  private int sameNames;

  DirectoryPages(RemoteClient client, NfsPath directory, NfsFh4 handle) {
    this.client = client;
    this.directory = directory;
    this.handle = handle;
  }

  /** Returns whether the last page was read. */
  boolean ended() {
    return ended;
  }

  /** Requests the next page. Must not be called while a page is pending, nor after a failure. */
  CompletableFuture<List<NfsDirectoryEntry>> next() {
    if (directory.depth() > NfsPath.LISTED_DEPTH_MAX) {
      return CompletableFuture.failedFuture(
          protocol(
              "it lies deeper than "
                  + NfsPath.LISTED_DEPTH_MAX
                  + " directories, as if the tree had no end"));
    }
    return client
        .files()
        .list(handle, cookie, verifier)
        .thenApply(page ->
            Futures.get(() -> {
              advance(page);
              return entries(page.reply().entries());
            }));
  }

  /** Sets the cookie of the next page, which must not repeat. */
  private void advance(Readdir4Resok page) throws CallException {
    List<Entry4> entries = page.reply().entries();
    ended = page.reply().eof();
    if (ended) {
      return;
    }
    long before = cookie;
    cookie = entries.getLast().cookie();
    verifier = page.cookieverf();
    int names = names(entries);
    // RFC 8881 section 18.23.3: a cookie tells an entry from all others, and 0 is the beginning.
    if (cookie == before || cookie == 0 || (pages > 0 && cookie == markedCookie)) {
      throw protocol("the server lists it in a loop: cookie " + cookie + " is repeated");
    }
    if (pages > 0 && names == markedNames && ++sameNames > SAME_NAMES_MAX) {
      throw protocol("the server lists it in a loop: the same names come again and again");
    }
    pages++;
    if (pages == nextMark) {
      nextMark *= 2;
      markedCookie = cookie;
      markedNames = names;
    }
  }

  private static int names(List<Entry4> entries) {
    return entries.stream()
        .map(entry -> Arrays.hashCode(entry.name().toByteArray()))
        .toList()
        .hashCode();
  }

  private static CallException protocol(String what) {
    return CallException.of(Kind.PROTOCOL, what);
  }

  /** All pages. */
  CompletableFuture<List<NfsDirectoryEntry>> all() {
    return more(new ArrayList<>());
  }

  private CompletableFuture<List<NfsDirectoryEntry>> more(List<NfsDirectoryEntry> sofar) {
    return next()
        .thenCompose(page -> {
          if (sofar.size() + page.size() > ENTRIES_MAX) {
            return CompletableFuture.failedFuture(
                protocol("it has more than " + ENTRIES_MAX + " entries: too many for one list"));
          }
          sofar.addAll(page);
          return ended ? CompletableFuture.completedFuture(sofar) : more(sofar);
        });
  }

  private List<NfsDirectoryEntry> entries(List<Entry4> page) {
    List<NfsDirectoryEntry> entries = new ArrayList<>(page.size());
    for (Entry4 entry : page) {
      byte[] name = entry.name().toByteArray();
      // RFC 8881 section 18.23.3: these should not be returned, and some servers do.
      if (!Arrays.equals(name, new byte[] {'.'}) && !Arrays.equals(name, new byte[] {'.', '.'})) {
        entries.add(entry(name, entry));
      }
    }
    return entries;
  }

  private NfsDirectoryEntry entry(byte[] name, Entry4 entry) {
    String objection = NfsPath.objection(name);
    if (objection != null) {
      return NfsDirectoryEntry.misnamed(
          name,
          new NfsException(
              NfsException.Reason.PROTOCOL,
              0,
              client.what("cannot use an entry of", directory)
                  + ": the server gave it a name that no file can have: "
                  + objection));
    }
    NfsPath path = directory.resolveBytes(name);
    try {
      FileAttributes attributes = FileAttributes.of(entry.attrs());
      Nfsstat4 unread = attributes.get(Attrs.RDATTR_ERROR);
      if (unread != null && unread != Nfsstat4.NFS4_OK) {
        throw CallException.status(NfsOpnum4.OP_READDIR, unread);
      }
      return NfsDirectoryEntry.of(path, AttributeMapping.attributes(attributes.usable()));
    } catch (CallException unusable) {
      return NfsDirectoryEntry.unread(
          path,
          NfsErrors.of(
              client.what("cannot get the attributes of an entry of", directory), unusable));
    }
  }
}
