package ferry.server.operation;

import ferry.server.attribute.Subject;
import ferry.server.export.FileRef;
import ferry.server.status.Refused;
import ferry.storage.Caller;
import ferry.storage.ChangeInfo;
import ferry.storage.Name;
import ferry.storage.StorageException;
import ferry.wire.nfs4.ChangeInfo4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.xdr.Opaque;

/** What several operations on files need. */
final class FileSupport {
  private FileSupport() {}

  /**
   * A name from the wire. Any bytes but NUL and {@code /} make a name (RFC 5661 section 14.4 lets a
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
    return new Subject(source, caller, services.exports(), services.limits());
  }

  /** Who asks, as the export of that file sees them: the saved one may be in another export. */
  static Caller callerFor(CompoundContext c, FileRef file) {
    return file.export().callerFor(c.request().principal());
  }

  static ChangeInfo4 changeInfo(ChangeInfo change) {
    return new ChangeInfo4(change.atomic(), change.before(), change.after());
  }

  /**
   * LINK and RENAME work inside one file system.
   *
   * @throws Refused NFS4ERR_XDEV
   */
  static void checkSameExport(FileRef one, FileRef other) throws Refused {
    if (one.export().id() != other.export().id()) {
      throw new Refused(Nfsstat4.NFS4ERR_XDEV);
    }
  }
}
