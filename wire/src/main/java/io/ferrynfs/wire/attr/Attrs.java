package io.ferrynfs.wire.attr;

import static io.ferrynfs.wire.attr.Attr.Access.READ_ONLY;
import static io.ferrynfs.wire.attr.Attr.Access.READ_WRITE;
import static io.ferrynfs.wire.attr.Attr.Access.WRITE_ONLY;

import io.ferrynfs.wire.nfs4.ChangeAttrType4;
import io.ferrynfs.wire.nfs4.ChangePolicy4;
import io.ferrynfs.wire.nfs4.Fattr4Acl;
import io.ferrynfs.wire.nfs4.Fattr4LayoutTypes;
import io.ferrynfs.wire.nfs4.Fs4Status;
import io.ferrynfs.wire.nfs4.FsLocations4;
import io.ferrynfs.wire.nfs4.FsLocationsInfo4;
import io.ferrynfs.wire.nfs4.Fsid4;
import io.ferrynfs.wire.nfs4.Layouthint4;
import io.ferrynfs.wire.nfs4.Mdsthreshold4;
import io.ferrynfs.wire.nfs4.ModeMasked4;
import io.ferrynfs.wire.nfs4.ModeUmask4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.Nfsacl41;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.RetentionGet4;
import io.ferrynfs.wire.nfs4.RetentionSet4;
import io.ferrynfs.wire.nfs4.SecLabel4;
import io.ferrynfs.wire.nfs4.Settime4;
import io.ferrynfs.wire.nfs4.Specdata4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of files and file systems: all of RFC 8881 section 5, of RFC 7862 section 12.2,
 * mode_umask (RFC 8275) and xattr_support (RFC 8276).
 */
public final class Attrs {
  /** The highest attribute number. */
  public static final int NUMBER_MAX = 82;

  /** Indexed by attribute number. The constants below fill it, so it is initialized before them. */
  private static final @Nullable Attr<?>[] BY_NUMBER = new Attr<?>[NUMBER_MAX + 1];

  /** The attributes that the object supports. RFC 8881 section 5.8.1.1. */
  public static final Attr<Bitmap4> SUPPORTED_ATTRS =
      attr(0, "supported_attrs", READ_ONLY, Bitmap4::decode, Bitmap4::encode);

  /** The type of the object. RFC 8881 section 5.8.1.2. */
  public static final Attr<NfsFtype4> TYPE =
      attr(1, "type", READ_ONLY, NfsFtype4::decode, NfsFtype4::encode);

  /** Whether and when filehandles expire. RFC 8881 section 5.8.1.3. */
  public static final Attr<Long> FH_EXPIRE_TYPE = uint32(2, "fh_expire_type", READ_ONLY);

  /** A value that differs after each change of the object. RFC 8881 section 5.8.1.4. */
  public static final Attr<Long> CHANGE = uint64(3, "change", READ_ONLY);

  /** Size in bytes. RFC 8881 section 5.8.1.5. */
  public static final Attr<Long> SIZE = uint64(4, "size", READ_WRITE);

  /** Whether the file system supports hard links. RFC 8881 section 5.8.1.6. */
  public static final Attr<Boolean> LINK_SUPPORT = bool(5, "link_support", READ_ONLY);

  /** Whether the file system supports symbolic links. RFC 8881 section 5.8.1.7. */
  public static final Attr<Boolean> SYMLINK_SUPPORT = bool(6, "symlink_support", READ_ONLY);

  /** Whether the object has named attributes. RFC 8881 section 5.8.1.8. */
  public static final Attr<Boolean> NAMED_ATTR = bool(7, "named_attr", READ_ONLY);

  /** The identifier of the file system that holds the object. RFC 8881 section 5.8.1.9. */
  public static final Attr<Fsid4> FSID = attr(8, "fsid", READ_ONLY, Fsid4::decode, Fsid4::encode);

  /**
   * Whether two different filehandles always refer to different objects. RFC 8881 section 5.8.1.10.
   */
  public static final Attr<Boolean> UNIQUE_HANDLES = bool(9, "unique_handles", READ_ONLY);

  /** The lease time in seconds. RFC 8881 section 5.8.1.11. */
  public static final Attr<Long> LEASE_TIME = uint32(10, "lease_time", READ_ONLY);

  /**
   * The error that prevented READDIR from returning the attributes of the entry. RFC 8881 section
   * 5.8.1.12.
   */
  public static final Attr<Nfsstat4> RDATTR_ERROR =
      attr(11, "rdattr_error", READ_ONLY, Nfsstat4::decode, Nfsstat4::encode);

  /** The access control list. RFC 8881 section 6.2.1. */
  public static final Attr<Fattr4Acl> ACL =
      attr(12, "acl", READ_WRITE, Fattr4Acl::decode, Fattr4Acl::encode);

  /** The types of access control entries that the server supports. RFC 8881 section 6.2.1.2. */
  public static final Attr<Long> ACLSUPPORT = uint32(13, "aclsupport", READ_ONLY);

  /** Whether the file was backed up after its last change. RFC 8881 section 5.8.2.1. */
  public static final Attr<Boolean> ARCHIVE = bool(14, "archive", READ_WRITE);

  /** Whether a client can set times. RFC 8881 section 5.8.2.2. */
  public static final Attr<Boolean> CANSETTIME = bool(15, "cansettime", READ_ONLY);

  /** Whether file name comparisons ignore case. RFC 8881 section 5.8.2.3. */
  public static final Attr<Boolean> CASE_INSENSITIVE = bool(16, "case_insensitive", READ_ONLY);

  /** Whether the file system preserves the case of names. RFC 8881 section 5.8.2.4. */
  public static final Attr<Boolean> CASE_PRESERVING = bool(17, "case_preserving", READ_ONLY);

  /** Whether only a privileged user may change the owner of a file. RFC 8881 section 5.8.2.6. */
  public static final Attr<Boolean> CHOWN_RESTRICTED = bool(18, "chown_restricted", READ_ONLY);

  /** The filehandle. RFC 8881 section 5.8.1.13. */
  public static final Attr<NfsFh4> FILEHANDLE =
      attr(19, "filehandle", READ_ONLY, NfsFh4::decode, NfsFh4::encode);

  /** The number of the object within its file system. RFC 8881 section 5.8.2.7. */
  public static final Attr<Long> FILEID = uint64(20, "fileid", READ_ONLY);

  /** The number of files that this user can still create. RFC 8881 section 5.8.2.8. */
  public static final Attr<Long> FILES_AVAIL = uint64(21, "files_avail", READ_ONLY);

  /** The number of free file slots of the file system. RFC 8881 section 5.8.2.9. */
  public static final Attr<Long> FILES_FREE = uint64(22, "files_free", READ_ONLY);

  /** The total number of file slots of the file system. RFC 8881 section 5.8.2.10. */
  public static final Attr<Long> FILES_TOTAL = uint64(23, "files_total", READ_ONLY);

  /** The other locations of the file system. RFC 8881 section 5.8.2.12. */
  public static final Attr<FsLocations4> FS_LOCATIONS =
      attr(24, "fs_locations", READ_ONLY, FsLocations4::decode, FsLocations4::encode);

  /** Whether the file is hidden. RFC 8881 section 5.8.2.15. */
  public static final Attr<Boolean> HIDDEN = bool(25, "hidden", READ_WRITE);

  /**
   * Whether all objects of the file system support the same attributes. RFC 8881 section 5.8.2.16.
   */
  public static final Attr<Boolean> HOMOGENEOUS = bool(26, "homogeneous", READ_ONLY);

  /** The maximum file size in bytes. RFC 8881 section 5.8.2.17. */
  public static final Attr<Long> MAXFILESIZE = uint64(27, "maxfilesize", READ_ONLY);

  /** The maximum number of hard links to one object. RFC 8881 section 5.8.2.18. */
  public static final Attr<Long> MAXLINK = uint32(28, "maxlink", READ_ONLY);

  /** The maximum length of a name in bytes. RFC 8881 section 5.8.2.19. */
  public static final Attr<Long> MAXNAME = uint32(29, "maxname", READ_ONLY);

  /** The maximum number of bytes that one READ returns. RFC 8881 section 5.8.2.20. */
  public static final Attr<Long> MAXREAD = uint64(30, "maxread", READ_ONLY);

  /** The maximum number of bytes that one WRITE accepts. RFC 8881 section 5.8.2.21. */
  public static final Attr<Long> MAXWRITE = uint64(31, "maxwrite", READ_ONLY);

  /** The MIME type of the content. RFC 8881 section 5.8.2.22. */
  public static final Attr<Opaque> MIMETYPE = text(32, "mimetype", READ_WRITE);

  /** The permission bits. RFC 8881 section 6.2.4. */
  public static final Attr<Long> MODE = uint32(33, "mode", READ_WRITE);

  /**
   * Whether the server rejects a name that is too long instead of truncating it. RFC 8881 section
   * 5.8.2.24.
   */
  public static final Attr<Boolean> NO_TRUNC = bool(34, "no_trunc", READ_ONLY);

  /** The number of hard links to the object. RFC 8881 section 5.8.2.25. */
  public static final Attr<Long> NUMLINKS = uint32(35, "numlinks", READ_ONLY);

  /** The owner of the object. RFC 8881 section 5.8.2.26. */
  public static final Attr<Opaque> OWNER = text(36, "owner", READ_WRITE);

  /** The group of the object. RFC 8881 section 5.8.2.27. */
  public static final Attr<Opaque> OWNER_GROUP = text(37, "owner_group", READ_WRITE);

  /**
   * The bytes that can be allocated before the hard quota is reached. RFC 8881 section 5.8.2.28.
   */
  public static final Attr<Long> QUOTA_AVAIL_HARD = uint64(38, "quota_avail_hard", READ_ONLY);

  /**
   * The bytes that can be allocated before the soft quota is reached. RFC 8881 section 5.8.2.29.
   */
  public static final Attr<Long> QUOTA_AVAIL_SOFT = uint64(39, "quota_avail_soft", READ_ONLY);

  /** The bytes that count towards the quota. RFC 8881 section 5.8.2.30. */
  public static final Attr<Long> QUOTA_USED = uint64(40, "quota_used", READ_ONLY);

  /** The device number of a special file. RFC 8881 section 5.8.2.31. */
  public static final Attr<Specdata4> RAWDEV =
      attr(41, "rawdev", READ_ONLY, Specdata4::decode, Specdata4::encode);

  /** The bytes that are available to this user. RFC 8881 section 5.8.2.32. */
  public static final Attr<Long> SPACE_AVAIL = uint64(42, "space_avail", READ_ONLY);

  /** The free bytes of the file system. RFC 8881 section 5.8.2.33. */
  public static final Attr<Long> SPACE_FREE = uint64(43, "space_free", READ_ONLY);

  /** The total bytes of the file system. RFC 8881 section 5.8.2.34. */
  public static final Attr<Long> SPACE_TOTAL = uint64(44, "space_total", READ_ONLY);

  /** The bytes that are allocated to the object. RFC 8881 section 5.8.2.35. */
  public static final Attr<Long> SPACE_USED = uint64(45, "space_used", READ_ONLY);

  /** Whether the file is a system file. RFC 8881 section 5.8.2.36. */
  public static final Attr<Boolean> SYSTEM = bool(46, "system", READ_WRITE);

  /** The time of the last access to the data. RFC 8881 section 5.8.2.37. */
  public static final Attr<Nfstime4> TIME_ACCESS =
      attr(47, "time_access", READ_ONLY, Nfstime4::decode, Nfstime4::encode);

  /** Sets the time of the last access. RFC 8881 section 5.8.2.38. */
  public static final Attr<Settime4> TIME_ACCESS_SET =
      attr(48, "time_access_set", WRITE_ONLY, Settime4::decode, Settime4::encode);

  /** The time of the last backup. RFC 8881 section 5.8.2.39. */
  public static final Attr<Nfstime4> TIME_BACKUP =
      attr(49, "time_backup", READ_WRITE, Nfstime4::decode, Nfstime4::encode);

  /** The time of creation. RFC 8881 section 5.8.2.40. */
  public static final Attr<Nfstime4> TIME_CREATE =
      attr(50, "time_create", READ_WRITE, Nfstime4::decode, Nfstime4::encode);

  /** The smallest difference between two times. RFC 8881 section 5.8.2.41. */
  public static final Attr<Nfstime4> TIME_DELTA =
      attr(51, "time_delta", READ_ONLY, Nfstime4::decode, Nfstime4::encode);

  /** The time of the last change of the metadata. RFC 8881 section 5.8.2.42. */
  public static final Attr<Nfstime4> TIME_METADATA =
      attr(52, "time_metadata", READ_ONLY, Nfstime4::decode, Nfstime4::encode);

  /** The time of the last change of the data. RFC 8881 section 5.8.2.43. */
  public static final Attr<Nfstime4> TIME_MODIFY =
      attr(53, "time_modify", READ_ONLY, Nfstime4::decode, Nfstime4::encode);

  /** Sets the time of the last change of the data. RFC 8881 section 5.8.2.44. */
  public static final Attr<Settime4> TIME_MODIFY_SET =
      attr(54, "time_modify_set", WRITE_ONLY, Settime4::decode, Settime4::encode);

  /** The fileid of the directory that the file system is mounted on. RFC 8881 section 5.8.2.23. */
  public static final Attr<Long> MOUNTED_ON_FILEID = uint64(55, "mounted_on_fileid", READ_ONLY);

  /** The longest delay of a notification about the directory itself. RFC 8881 section 5.11.1. */
  public static final Attr<Nfstime4> DIR_NOTIF_DELAY =
      attr(56, "dir_notif_delay", READ_ONLY, Nfstime4::decode, Nfstime4::encode);

  /**
   * The longest delay of a notification about the entries of the directory. RFC 8881 section
   * 5.11.2.
   */
  public static final Attr<Nfstime4> DIRENT_NOTIF_DELAY =
      attr(57, "dirent_notif_delay", READ_ONLY, Nfstime4::decode, Nfstime4::encode);

  /** The discretionary part of the ACL, with flags. RFC 8881 section 6.2.2. */
  public static final Attr<Nfsacl41> DACL =
      attr(58, "dacl", READ_WRITE, Nfsacl41::decode, Nfsacl41::encode);

  /** The audit and alarm part of the ACL, with flags. RFC 8881 section 6.2.3. */
  public static final Attr<Nfsacl41> SACL =
      attr(59, "sacl", READ_WRITE, Nfsacl41::decode, Nfsacl41::encode);

  /**
   * A value that differs after a change of the policy of the file system. RFC 8881 section 5.8.2.5.
   */
  public static final Attr<ChangePolicy4> CHANGE_POLICY =
      attr(60, "change_policy", READ_ONLY, ChangePolicy4::decode, ChangePolicy4::encode);

  /** The version and origin of the file system. RFC 8881 section 5.8.2.14. */
  public static final Attr<Fs4Status> FS_STATUS =
      attr(61, "fs_status", READ_ONLY, Fs4Status::decode, Fs4Status::encode);

  /** The layout types of the file system. RFC 8881 section 5.12.1. */
  public static final Attr<Fattr4LayoutTypes> FS_LAYOUT_TYPES =
      attr(62, "fs_layout_type", READ_ONLY, Fattr4LayoutTypes::decode, Fattr4LayoutTypes::encode);

  /** A client's hint about the layout of a new file. RFC 8881 section 5.12.4. */
  public static final Attr<Layouthint4> LAYOUT_HINT =
      attr(63, "layout_hint", WRITE_ONLY, Layouthint4::decode, Layouthint4::encode);

  /** The layout types of the file. RFC 8881 section 5.12.5. */
  public static final Attr<Fattr4LayoutTypes> LAYOUT_TYPES =
      attr(64, "layout_type", READ_ONLY, Fattr4LayoutTypes::decode, Fattr4LayoutTypes::encode);

  /** The preferred block size for layouts. RFC 8881 section 5.12.3. */
  public static final Attr<Long> LAYOUT_BLKSIZE = uint32(65, "layout_blksize", READ_ONLY);

  /** The preferred alignment for layouts. RFC 8881 section 5.12.2. */
  public static final Attr<Long> LAYOUT_ALIGNMENT = uint32(66, "layout_alignment", READ_ONLY);

  /** The other locations of the file system, in detail. RFC 8881 section 5.8.2.13. */
  public static final Attr<FsLocationsInfo4> FS_LOCATIONS_INFO =
      attr(67, "fs_locations_info", READ_ONLY, FsLocationsInfo4::decode, FsLocationsInfo4::encode);

  /**
   * The thresholds below which I/O through the metadata server is faster. RFC 8881 section 5.12.6.
   */
  public static final Attr<Mdsthreshold4> MDSTHRESHOLD =
      attr(68, "mdsthreshold", READ_ONLY, Mdsthreshold4::decode, Mdsthreshold4::encode);

  /** The retention of the file. RFC 8881 section 5.13.1. */
  public static final Attr<RetentionGet4> RETENTION_GET =
      attr(69, "retention_get", READ_ONLY, RetentionGet4::decode, RetentionGet4::encode);

  /** Sets the retention. RFC 8881 section 5.13.2. */
  public static final Attr<RetentionSet4> RETENTION_SET =
      attr(70, "retention_set", WRITE_ONLY, RetentionSet4::decode, RetentionSet4::encode);

  /** The event-based retention of the file. RFC 8881 section 5.13.3. */
  public static final Attr<RetentionGet4> RETENTEVT_GET =
      attr(71, "retentevt_get", READ_ONLY, RetentionGet4::decode, RetentionGet4::encode);

  /** Sets the event-based retention. RFC 8881 section 5.13.4. */
  public static final Attr<RetentionSet4> RETENTEVT_SET =
      attr(72, "retentevt_set", WRITE_ONLY, RetentionSet4::decode, RetentionSet4::encode);

  /** Administrative holds. RFC 8881 section 5.13.5. */
  public static final Attr<Long> RETENTION_HOLD = uint64(73, "retention_hold", READ_WRITE);

  /** Sets the permission bits that a mask selects. RFC 8881 section 6.2.5. */
  public static final Attr<ModeMasked4> MODE_SET_MASKED =
      attr(74, "mode_set_masked", WRITE_ONLY, ModeMasked4::decode, ModeMasked4::encode);

  /** The attributes that an exclusive create can set. RFC 8881 section 5.8.1.14. */
  public static final Attr<Bitmap4> SUPPATTR_EXCLCREAT =
      attr(75, "suppattr_exclcreat", READ_ONLY, Bitmap4::decode, Bitmap4::encode);

  /**
   * The capabilities of the file system about the character set of names. RFC 8881 section
   * 5.8.2.11.
   */
  public static final Attr<Long> FS_CHARSET_CAP = uint32(76, "fs_charset_cap", READ_ONLY);

  /** The block size that the ranges of CLONE must be aligned to. RFC 7862 section 12.2.1. */
  public static final Attr<Long> CLONE_BLKSIZE = uint32(77, "clone_blksize", READ_ONLY);

  /** The bytes that become free when the object is removed. RFC 7862 section 12.2.2. */
  public static final Attr<Long> SPACE_FREED = uint64(78, "space_freed", READ_ONLY);

  /** How the change attribute advances. RFC 7862 section 12.2.3. */
  public static final Attr<ChangeAttrType4> CHANGE_ATTR_TYPE =
      attr(79, "change_attr_type", READ_ONLY, ChangeAttrType4::decode, ChangeAttrType4::encode);

  /** The security label. RFC 7862 section 12.2.4. */
  public static final Attr<SecLabel4> SEC_LABEL =
      attr(80, "sec_label", READ_WRITE, SecLabel4::decode, SecLabel4::encode);

  /** The mode and the umask of a new object. RFC 8275 section 5. */
  public static final Attr<ModeUmask4> MODE_UMASK =
      attr(81, "mode_umask", WRITE_ONLY, ModeUmask4::decode, ModeUmask4::encode);

  /** Whether the file system supports extended attributes. RFC 8276 section 8.2.1. */
  public static final Attr<Boolean> XATTR_SUPPORT = bool(82, "xattr_support", READ_ONLY);

  private static final List<Attr<?>> ALL =
      Arrays.stream(BY_NUMBER).<Attr<?>>map(Objects::requireNonNull).toList();

  private Attrs() {}

  /** Returns all attributes in the order of their numbers, which start at 0 and have no gaps. */
  public static List<Attr<?>> all() {
    return ALL;
  }

  /** Returns the attribute with a number, or null if none is defined. */
  public static @Nullable Attr<?> find(int number) {
    return number >= 0 && number <= NUMBER_MAX ? BY_NUMBER[number] : null;
  }

  private static Attr<Long> uint32(int number, String name, Attr.Access access) {
    return attr(number, name, access, XdrReader::readUint32, (v, out) -> out.writeUint32(v));
  }

  private static Attr<Long> uint64(int number, String name, Attr.Access access) {
    return attr(number, name, access, XdrReader::readLong, (v, out) -> out.writeLong(v));
  }

  private static Attr<Boolean> bool(int number, String name, Attr.Access access) {
    return attr(number, name, access, XdrReader::readBoolean, (v, out) -> out.writeBoolean(v));
  }

  private static Attr<Opaque> text(int number, String name, Attr.Access access) {
    return attr(
        number,
        name,
        access,
        in -> in.readOpaque(Nfs4.UTF8_NAME_BYTES_MAX),
        (v, out) -> out.writeOpaque(v, Nfs4.UTF8_NAME_BYTES_MAX));
  }

  private static <T> Attr<T> attr(
      int number,
      String name,
      Attr.Access access,
      XdrReader.Decoder<T> decoder,
      XdrWriter.Encoder<T> encoder) {
    var attr = new Attr<>(number, name, access, decoder, encoder);
    BY_NUMBER[attr.number()] = attr;
    return attr;
  }
}
