package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.DirectoryEntry;
import io.ferrynfs.storage.DirectoryPage;
import io.ferrynfs.storage.EntrySink;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.DirectoryScan;
import io.ferrynfs.storage.linux.handle.Node;
import org.jspecify.annotations.Nullable;

/**
 * The reading of directories. A cookie is the position after the entry as returned by getdents64(2)
 * (d_off). ext4, xfs, btrfs and, since Linux 6.6, tmpfs keep it stable across changes and restarts,
 * because it is a hash or a serial number and not an index. No descriptor stays open between calls.
 *
 * <p>A mount point is listed as an entry of its directory. Reading its handle and attributes fails
 * with ACCESS because they belong to another filesystem.
 */
public final class DirectoryListing {
  /** The verifier is constant: the filesystem determines how stable the positions are. */
  private static final long VERIFIER = 1;

  /**
   * The base for small positions, which cannot be cookies. No filesystem uses positions in this
   * range.
   */
  private static final long SMALL_BASE = Long.MAX_VALUE - 15;

  private static final int SMALL = 3;

  private final Tree tree;

  public DirectoryListing(Tree tree) {
    this.tree = tree;
  }

  public DirectoryPage read(
      Caller caller, Handle directory, long cookie, long verifier, EntrySink sink)
      throws StorageException {
    try (Node dir = tree.openDirectory(directory)) {
      if (tree.permissions().enforcedHere()) {
        tree.permissions().check(caller, dir, CallerPermissions.READ);
      }
      if (cookie != 0 && (verifier != VERIFIER || cookie < SMALL)) {
        throw new StorageException(Status.BAD_COOKIE);
      }
      Search search = new Search(caller, dir);
      long position = cookie == 0 ? 0 : position(cookie);
      try (DirectoryScan scan = tree.permissions().as(caller, () -> open(dir, position))) {
        while (scan.next()) {
          try (Entry entry = new Entry(search, scan)) {
            if (!sink.accept(entry)) {
              return new DirectoryPage(VERIFIER, false);
            }
          }
        }
        return new DirectoryPage(VERIFIER, true);
      }
    }
  }

  private static DirectoryScan open(Node dir, long position) throws StorageException {
    try {
      return DirectoryScan.open(dir.fd(), position);
    } catch (StorageException e) {
      if (position != 0 && e.status() == Status.INVALID) {
        throw new StorageException(Status.BAD_COOKIE);
      }
      throw e;
    }
  }

  public static long cookie(long position) {
    return position >= 0 && position < SMALL ? SMALL_BASE + position : position;
  }

  public static long position(long cookie) {
    return cookie >= SMALL_BASE && cookie < SMALL_BASE + SMALL ? cookie - SMALL_BASE : cookie;
  }

  /**
   * The caller's permission to look up names in a directory, which is independent of the permission
   * to read it. Checked once per page because changing the identity for each entry would dominate
   * the cost.
   */
  private final class Search {
    private final Caller caller;
    private final Node dir;
    private boolean allowed;

    Search(Caller caller, Node dir) {
      this.caller = caller;
      this.dir = dir;
      this.allowed = !tree.permissions().enforced();
    }

    Node open(byte[] name) throws StorageException {
      if (!allowed) {
        tree.permissions().check(caller, dir, CallerPermissions.EXECUTE);
        allowed = true;
      }
      return tree.openEntry(dir, name);
    }
  }

  /** An entry, which is opened if the sink asks for data that is not in the directory. */
  private final class Entry implements DirectoryEntry, AutoCloseable {
    private final Search search;
    private final DirectoryScan scan;
    private final byte[] name;
    private @Nullable Node opened;

    Entry(Search search, DirectoryScan scan) {
      this.search = search;
      this.scan = scan;
      this.name = scan.name();
    }

    private Node node() throws StorageException {
      Node node = opened;
      if (node == null) {
        node = search.open(name);
        opened = node;
      }
      return node;
    }

    @Override
    public Name name() {
      try {
        return Name.of(name);
      } catch (StorageException e) {
        throw new IllegalStateException("the kernel gave an impossible name", e);
      }
    }

    @Override
    public long cookie() {
      return DirectoryListing.cookie(scan.offset());
    }

    @Override
    public long fileId() {
      return scan.inode();
    }

    @Override
    public Handle handle() throws StorageException {
      return node().handle();
    }

    @Override
    public Attributes attributes() throws StorageException {
      Node node = node();
      return tree.attributes(node.fd(), node.statx());
    }

    @Override
    public void close() {
      if (opened != null) {
        opened.close();
      }
    }
  }
}
