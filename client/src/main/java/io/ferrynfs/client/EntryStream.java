package io.ferrynfs.client;

import io.ferrynfs.wire.nfs4.NfsFh4;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a directory, page by page. The next page is requested while one is consumed. For
 * one thread at a time.
 */
final class EntryStream implements DirectoryStream<NfsDirectoryEntry> {

  private final String what;
  private final DirectoryPages pages;
  private @Nullable CompletableFuture<List<NfsDirectoryEntry>> coming;
  private final Deque<NfsDirectoryEntry> entries = new ArrayDeque<>();
  private boolean iterated;

  EntryStream(RemoteClient client, NfsPath directory, NfsFh4 handle) {
    this.what = client.what("cannot list", directory);
    this.pages = new DirectoryPages(client, directory, handle);
    this.coming = page();
  }

  private CompletableFuture<List<NfsDirectoryEntry>> page() {
    return NfsErrors.named(what, pages.next());
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
        entries.addAll(NfsErrors.await(coming));
        coming = pages.ended() ? null : page();
      } catch (NfsException failed) {
        coming = null;
        throw new DirectoryIteratorException(failed);
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
