package ferry.client;

import ferry.client.file.FileAttributes;
import ferry.client.file.RemoteFiles;
import ferry.wire.nfs4.Entry4;
import ferry.wire.nfs4.NfsFh4;
import ferry.wire.nfs4.Readdir4Resok;
import ferry.wire.nfs4.Verifier4;
import ferry.wire.xdr.Opaque;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a directory, page by page; the next page is on its way while one is consumed. For
 * one thread at a time.
 */
final class EntryStream implements DirectoryStream<NfsDirectoryEntry> {

  private static final Verifier4 FIRST = new Verifier4(Opaque.of(new byte[8]));

  private final RemoteClient client;
  private final NfsPath directory;
  private final NfsFh4 handle;
  private @Nullable CompletableFuture<Readdir4Resok> coming;
  private final Deque<NfsDirectoryEntry> entries = new ArrayDeque<>();
  private boolean iterated;

  EntryStream(RemoteClient client, NfsPath directory, NfsFh4 handle) {
    this.client = client;
    this.directory = directory;
    this.handle = handle;
    this.coming = page(0, FIRST);
  }

  private CompletableFuture<Readdir4Resok> page(long cookie, Verifier4 verifier) {
    return Errors.named(
        client.what("cannot list", directory), client.files().list(handle, cookie, verifier));
  }

  /** All pages. */
  static CompletableFuture<List<NfsDirectoryEntry>> all(
      RemoteFiles files, NfsPath directory, NfsFh4 handle) {
    return more(files, directory, handle, 0, FIRST, new ArrayList<>());
  }

  private static CompletableFuture<List<NfsDirectoryEntry>> more(
      RemoteFiles files,
      NfsPath directory,
      NfsFh4 handle,
      long cookie,
      Verifier4 verifier,
      List<NfsDirectoryEntry> sofar) {
    return files
        .list(handle, cookie, verifier)
        .thenCompose(page -> {
          try {
            sofar.addAll(entries(directory, page));
          } catch (IOException malformed) {
            return CompletableFuture.failedFuture(malformed);
          }
          return page.reply().eof()
              ? CompletableFuture.completedFuture(sofar)
              : more(
                  files,
                  directory,
                  handle,
                  page.reply().entries().getLast().cookie(),
                  page.cookieverf(),
                  sofar);
        });
  }

  private static List<NfsDirectoryEntry> entries(NfsPath directory, Readdir4Resok page)
      throws IOException {
    List<NfsDirectoryEntry> entries = new ArrayList<>(page.reply().entries().size());
    for (Entry4 entry : page.reply().entries()) {
      String name = entry.name().utf8();
      // RFC 5661 section 18.23.3: not to be returned, and some servers do.
      if (name.equals(".") || name.equals("..") || name.isEmpty() || name.indexOf('/') >= 0) {
        continue;
      }
      entries.add(
          new NfsDirectoryEntry(
              directory.resolveBytes(entry.name().toByteArray()),
              Mapping.attributes(FileAttributes.of(entry.attrs()))));
    }
    return entries;
  }

  @Override
  public Iterator<NfsDirectoryEntry> iterator() {
    if (iterated) {
      throw new IllegalStateException("a directory stream is iterated once");
    }
    iterated = true;
    return new Entries();
  }

  private boolean fill() {
    while (entries.isEmpty() && coming != null) {
      try {
        Readdir4Resok page = Errors.await(coming);
        entries.addAll(entries(directory, page));
        coming =
            page.reply().eof()
                ? null
                : page(page.reply().entries().getLast().cookie(), page.cookieverf());
      } catch (IOException failed) {
        coming = null;
        throw new DirectoryIteratorException(Errors.of("cannot list " + directory, failed));
      }
    }
    return !entries.isEmpty();
  }

  @Override
  public void close() {
    coming = null;
    entries.clear();
  }

  private final class Entries implements Iterator<NfsDirectoryEntry> {
    @Override
    public boolean hasNext() {
      return fill();
    }

    @Override
    public NfsDirectoryEntry next() {
      if (!fill()) {
        throw new NoSuchElementException();
      }
      return entries.removeFirst();
    }
  }
}
