package io.ferrynfs.server.operation.support;

import io.ferrynfs.server.attribute.Subject;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Services;
import io.ferrynfs.server.config.WriteVerifier;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.state.FileChange;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import io.ferrynfs.wire.nfs4.ChangeInfo4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import org.jspecify.annotations.Nullable;

/** Functions that several operations on files share. */
public final class FileSupport {
  private FileSupport() {}

  /**
   * Returns a name from the wire. All bytes except NUL and {@code /} may form a name: a server may
   * accept names that are not UTF-8 (RFC 8881 section 14.4), and Linux clients send them.
   *
   * @throws StorageException INVALID for an empty name, BAD_NAME, BAD_CHARACTER, NAME_TOO_LONG
   */
  public static Name name(Opaque wire) throws StorageException {
    return Name.of(wire.toByteArray());
  }

  /** Returns an object with its attributes as the caller of this COMPOUND sees it. */
  public static Subject subject(CompoundContext c, FileRef file) {
    Caller caller = callerFor(c, file);
    return subject(c, Subject.of(file, caller), caller);
  }

  public static Subject subject(CompoundContext c, Subject.Source source, Caller caller) {
    Services services = c.services();
    return new Subject(source, caller, c.exports(), services.limits(), services.options().ids());
  }

  /**
   * Returns the caller as the export of that file sees it. The saved filehandle may be in another
   * export.
   */
  public static Caller callerFor(CompoundContext c, FileRef file) {
    return file.export().callerFor(c.request().principal());
  }

  /**
   * Makes the file of the current filehandle durable. See {@link WriteVerifier} for the effect of a
   * failure.
   */
  public static void sync(CompoundContext c, OpenFile file, SyncScope scope)
      throws NfsStatusException, StorageException {
    c.services().writeVerifier().sync(c.current().key(), file, scope);
  }

  /**
   * Prepares the removal of a name, by REMOVE or because RENAME replaces it. A file that is open
   * with a deny mode for writing keeps its name: REMOVE should not remove it (RFC 8881 section
   * 18.25.4), and RENAME may fail (RFC 8881 section 18.26.4). The Linux server ignores deny modes
   * here and Linux clients have none, so this check serves clients that rely on them. An OPEN
   * between this check and the removal counts as one after the removal.
   *
   * <p>The name of a mount point of another export is not removed either.
   *
   * @throws NfsStatusException NFS4ERR_FILE_OPEN; NFS4ERR_DELAY if the open is about to end, or
   *     while other clients hold delegations of the file
   */
  public static FileChange removeName(CompoundContext c, FileRef directory, Name name)
      throws NfsStatusException {
    checkNoMountPoint(c, directory, name);
    FileRef found = find(c, directory, name);
    if (found == null) {
      return FileChange.NONE;
    }
    c.services().state().opens().checkNotWriteDenied(found.key());
    return FileUses.change(c, found);
  }

  /**
   * Prepares a RENAME of the file of this name.
   *
   * @throws NfsStatusException NFS4ERR_FILE_OPEN if another export is mounted on it; NFS4ERR_DELAY
   *     while other clients hold delegations of the file
   */
  public static FileChange renameFile(CompoundContext c, FileRef directory, Name name)
      throws NfsStatusException {
    checkNoMountPoint(c, directory, name);
    FileRef found = find(c, directory, name);
    return found == null ? FileChange.NONE : FileUses.change(c, found);
  }

  private static void checkNoMountPoint(CompoundContext c, FileRef directory, Name name)
      throws NfsStatusException {
    if (c.exports().isMountPoint(directory, name)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_FILE_OPEN);
    }
  }

  /** Returns the file, or null on an error. The operation itself reports the error. */
  private static @Nullable FileRef find(CompoundContext c, FileRef directory, Name name) {
    try {
      Caller caller = callerFor(c, directory);
      return directory.sibling(
          directory.volume().lookup(caller, directory.handle(), name).handle());
    } catch (StorageException _) {
      return null;
    }
  }

  public static ChangeInfo4 changeInfo(ChangeInfo change) {
    return new ChangeInfo4(change.atomic(), change.before(), change.after());
  }

  /**
   * Checks that two files are in the same file system, as LINK and RENAME require.
   *
   * @throws NfsStatusException NFS4ERR_XDEV
   */
  public static void checkSameExport(FileRef one, FileRef other) throws NfsStatusException {
    if (one.export().id() != other.export().id()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_XDEV);
    }
  }
}
