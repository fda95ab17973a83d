package io.ferrynfs.server.operation;

import io.ferrynfs.server.attribute.Subject;
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

/** What several operations on files need. */
final class FileSupport {
  private FileSupport() {}

  /**
   * A name from the wire. Any bytes but NUL and {@code /} make a name (RFC 8881 section 14.4 lets a
   * server take names that are not UTF-8, as Linux clients send them).
   *
   * @throws StorageException INVALID for an empty one, BAD_NAME, BAD_CHARACTER, NAME_TOO_LONG
   */
  static Name name(Opaque wire) throws StorageException {
    return Name.of(wire.toByteArray());
  }

  /** An object with its attributes, as the caller of this COMPOUND sees it. */
  static Subject subject(CompoundContext c, FileRef file) {
    Caller caller = callerFor(c, file);
    return subject(c, Subject.of(file, caller), caller);
  }

  static Subject subject(CompoundContext c, Subject.Source source, Caller caller) {
    Services services = c.services();
    return new Subject(source, caller, c.exports(), services.limits(), services.options().ids());
  }

  /** Who asks, as the export of that file sees them: the saved one may be in another export. */
  static Caller callerFor(CompoundContext c, FileRef file) {
    return file.export().callerFor(c.request().principal());
  }

  /**
   * Makes the current filehandle's file durable. See {@link WriteVerifier} for what a failure
   * means.
   */
  static void sync(CompoundContext c, OpenFile file, SyncScope scope)
      throws NfsStatusException, StorageException {
    c.services().writeVerifier().sync(c.current().key(), file, scope);
  }

  /**
   * The file of this name loses it, by REMOVE or to another one by RENAME. One that is open with a
   * deny mode for writing keeps it: REMOVE should not take it (RFC 8881 section 18.25.4), and
   * RENAME may refuse to (18.26.4). Linux' server does not look at deny modes here, and Linux
   * clients have none, so this is for those that rely on them. An OPEN that comes between this
   * check and the removal counts as one that came after it.
   *
   * <p>Nor is an entry removed that another export is mounted on.
   *
   * @throws NfsStatusException NFS4ERR_FILE_OPEN; NFS4ERR_DELAY when that is about to end, and
   *     while others have delegations of the file
   */
  static FileChange losesName(CompoundContext c, FileRef directory, Name name)
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
   * The file of this name gets another one by RENAME.
   *
   * @throws NfsStatusException NFS4ERR_FILE_OPEN when another export is mounted on it;
   *     NFS4ERR_DELAY while others have delegations of the file
   */
  static FileChange changesName(CompoundContext c, FileRef directory, Name name)
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

  /** Null when there is none; the operation itself says what is wrong, or that nothing is. */
  private static @Nullable FileRef find(CompoundContext c, FileRef directory, Name name) {
    try {
      Caller caller = callerFor(c, directory);
      return directory.sibling(
          directory.volume().lookup(caller, directory.handle(), name).handle());
    } catch (StorageException _) {
      return null;
    }
  }

  static ChangeInfo4 changeInfo(ChangeInfo change) {
    return new ChangeInfo4(change.atomic(), change.before(), change.after());
  }

  /**
   * LINK and RENAME work inside one file system.
   *
   * @throws NfsStatusException NFS4ERR_XDEV
   */
  static void checkSameExport(FileRef one, FileRef other) throws NfsStatusException {
    if (one.export().id() != other.export().id()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_XDEV);
    }
  }
}
