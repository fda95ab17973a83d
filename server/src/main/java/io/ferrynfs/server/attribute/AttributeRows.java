package io.ferrynfs.server.attribute;

import static io.ferrynfs.server.attribute.Row.atCreation;
import static io.ferrynfs.server.attribute.Row.readOnly;
import static io.ferrynfs.server.attribute.Row.readWrite;
import static io.ferrynfs.server.attribute.Row.setOnly;

import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.VolumeLimits;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.ChangeAttrType4;
import io.ferrynfs.wire.nfs4.Fattr4Acl;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.Specdata4;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the attribute table, with a getter and a setter for each number. {@link
 * AttributeTable} itself has supported_attrs and suppattr_exclcreat.
 *
 * <p>Attributes without a row are not supported. RFC 8881 section 5.7 recommends an attribute only
 * where the file system has it. These are: named attributes; dacl and sacl, because POSIX ACLs have
 * no automatic inheritance and no audits; archive, hidden, system, mimetype and time_backup, which
 * no file system here stores; locations of replicas and referrals; layouts, retention and labels.
 */
final class AttributeRows {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private static final long ACL_SUPPORT = Nfs4.ACL4_SUPPORT_ALLOW_ACL | Nfs4.ACL4_SUPPORT_DENY_ACL;

  private AttributeRows() {}

  static List<Row<?>> all() {
    return Stream.of(ofTheObject(), ofTheVolume(), ofTheServer(), settable())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Row<?>> ofTheObject() {
    return List.of(
        readOnly(Attrs.TYPE, s -> type(s.attributes().type())),
        readOnly(Attrs.CHANGE, s -> s.attributes().change()),
        readOnly(Attrs.FSID, s -> s.export().fsid(s.attributes().fsId())),
        readOnly(Attrs.FILEHANDLE, s -> s.file().wire()),
        readOnly(Attrs.FILEID, Subject::fileId),
        readOnly(Attrs.MOUNTED_ON_FILEID, Subject::mountedOnFileid),
        readOnly(Attrs.NUMLINKS, s -> s.attributes().nlink()),
        readOnly(Attrs.RAWDEV, s -> rawdev(s.attributes().rdev())),
        readOnly(Attrs.QUOTA_AVAIL_HARD, Feature.QUOTAS, s -> s.quota().availableHardBytes()),
        readOnly(Attrs.QUOTA_AVAIL_SOFT, Feature.QUOTAS, s -> s.quota().availableSoftBytes()),
        readOnly(Attrs.QUOTA_USED, Feature.QUOTAS, s -> s.quota().usedBytes()),
        readOnly(Attrs.SPACE_USED, s -> s.attributes().spaceUsed()),
        readOnly(Attrs.TIME_ACCESS, s -> time(s.attributes().atime())),
        readOnly(Attrs.TIME_METADATA, s -> time(s.attributes().ctime())),
        readOnly(Attrs.TIME_MODIFY, s -> time(s.attributes().mtime())),
        readOnly(Attrs.TIME_CREATE, Feature.BIRTH_TIME, s -> birth(s.attributes())),
        readOnly(Attrs.NAMED_ATTR, s -> false),
        readOnly(Attrs.RDATTR_ERROR, s -> Nfsstat4.NFS4_OK));
  }

  private static List<Row<?>> ofTheVolume() {
    return List.of(
        readOnly(Attrs.LINK_SUPPORT, s -> true),
        readOnly(Attrs.SYMLINK_SUPPORT, s -> true),
        readOnly(Attrs.CASE_INSENSITIVE, s -> has(s, Feature.CASE_INSENSITIVE)),
        readOnly(Attrs.CASE_PRESERVING, s -> has(s, Feature.CASE_PRESERVING)),
        readOnly(Attrs.CHOWN_RESTRICTED, s -> true),
        readOnly(Attrs.HOMOGENEOUS, s -> true),
        readOnly(Attrs.NO_TRUNC, s -> true),
        readOnly(Attrs.CANSETTIME, s -> true),
        readOnly(Attrs.FILES_AVAIL, s -> s.space().availableFiles()),
        readOnly(Attrs.FILES_FREE, s -> s.space().freeFiles()),
        readOnly(Attrs.FILES_TOTAL, s -> s.space().totalFiles()),
        readOnly(Attrs.SPACE_AVAIL, s -> s.space().availableBytes()),
        readOnly(Attrs.SPACE_FREE, s -> s.space().freeBytes()),
        readOnly(Attrs.SPACE_TOTAL, s -> s.space().totalBytes()),
        readOnly(Attrs.MAXFILESIZE, s -> limits(s).fileBytesMax()),
        readOnly(Attrs.MAXLINK, s -> Math.min(limits(s).linkCountMax(), Integer.MAX_VALUE)),
        readOnly(Attrs.MAXNAME, s -> (long) limits(s).nameBytesMax()),
        readOnly(Attrs.TIME_DELTA, s -> timeDelta(limits(s).timeResolutionNanos())),
        readOnly(Attrs.FS_CHARSET_CAP, s -> Nfs4.FSCHARSET_CAP4_CONTAINS_NON_UTF8),
        readOnly(Attrs.CLONE_BLKSIZE, Feature.CLONE, s -> (long) limits(s).cloneBlockBytes()),
        readOnly(Attrs.XATTR_SUPPORT, s -> has(s, Feature.XATTRS)),
        readOnly(Attrs.CHANGE_ATTR_TYPE, s -> ChangeAttrType4.NFS4_CHANGE_TYPE_IS_MONOTONIC_INCR));
  }

  private static List<Row<?>> ofTheServer() {
    return List.of(
        readOnly(Attrs.FH_EXPIRE_TYPE, s -> Nfs4.FH4_PERSISTENT),
        readOnly(Attrs.UNIQUE_HANDLES, s -> true),
        readOnly(Attrs.LEASE_TIME, s -> (long) s.limits().leaseSeconds()),
        readOnly(Attrs.ACLSUPPORT, s -> has(s, Feature.ACLS) ? ACL_SUPPORT : 0L),
        readOnly(Attrs.MAXREAD, s -> (long) s.limits().ioBytesMax()),
        readOnly(Attrs.MAXWRITE, s -> (long) s.limits().ioBytesMax()));
  }

  private static List<Row<?>> settable() {
    return List.of(
        readWrite(Attrs.SIZE, s -> s.attributes().size(), Changes::size),
        readWrite(Attrs.MODE, s -> (long) s.attributes().mode(), Changes::mode),
        Row.readWrite(Attrs.ACL, Feature.ACLS, AttributeRows::acl, Changes::acl),
        readWrite(Attrs.OWNER, s -> s.owners().user(s.attributes().uid()), Changes::owner),
        readWrite(Attrs.OWNER_GROUP, s -> s.owners().group(s.attributes().gid()), Changes::group),
        setOnly(Attrs.TIME_ACCESS_SET, Changes::timeAccess),
        setOnly(Attrs.TIME_MODIFY_SET, Changes::timeModify),
        atCreation(Attrs.MODE_UMASK, Changes::modeUmask));
  }

  private static @Nullable Fattr4Acl acl(Subject subject) throws StorageException {
    Attributes attributes = subject.attributes();
    return attributes.isSymlink()
        ? null
        : AclToNfs.of(subject.acls(), attributes.isDirectory(), subject.owners());
  }

  /** Returns the type of an object in the protocol. */
  static NfsFtype4 type(FileType type) {
    return switch (type) {
      case REGULAR -> NfsFtype4.NF4REG;
      case DIRECTORY -> NfsFtype4.NF4DIR;
      case SYMLINK -> NfsFtype4.NF4LNK;
      case BLOCK_DEVICE -> NfsFtype4.NF4BLK;
      case CHARACTER_DEVICE -> NfsFtype4.NF4CHR;
      case FIFO -> NfsFtype4.NF4FIFO;
      case SOCKET -> NfsFtype4.NF4SOCK;
    };
  }

  private static Specdata4 rawdev(DeviceNumber device) {
    return new Specdata4(device.major(), device.minor());
  }

  private static Nfstime4 time(Instant time) {
    return new Nfstime4(time.getEpochSecond(), time.getNano());
  }

  private static Nfstime4 timeDelta(long nanos) {
    return new Nfstime4(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
  }

  private static @Nullable Nfstime4 birth(Attributes attributes) {
    Instant birth = attributes.birth();
    return birth == null ? null : time(birth);
  }

  private static VolumeLimits limits(Subject subject) {
    return subject.export().volume().limits();
  }

  private static boolean has(Subject subject, Feature feature) {
    return subject.export().volume().features().contains(feature);
  }
}
