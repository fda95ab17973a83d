package ferry.server.export;

import ferry.server.status.Refused;
import ferry.storage.Caller;
import ferry.storage.Name;
import ferry.storage.StorageException;
import ferry.wire.nfs4.NfsFh4;

/** The server's name space: exports, the pseudo-root above them, and filehandles into them. */
public interface ExportTable {
  /** PUTROOTFH, PUTPUBFH. */
  FileRef root();

  /**
   * PUTFH. Does not ask the volume: a handle whose object is gone answers NFS4ERR_STALE when it is
   * used.
   *
   * @throws Refused NFS4ERR_BADHANDLE when it has the wrong length to be anybody's, NFS4ERR_STALE
   *     when this server did not make it: Linux falls back to READ and WRITE on STALE only
   */
  FileRef decode(NfsFh4 filehandle) throws Refused;

  /** LOOKUP: an object of the directory, crossing into an export that is mounted there. */
  FileRef lookup(FileRef directory, Name name, Caller caller) throws StorageException, Refused;

  /** LOOKUPP: the directory above, crossing out of an export's root; NOENT at the very top. */
  FileRef parent(FileRef directory, Caller caller) throws StorageException, Refused;

  /** An object of a volume as clients see it: itself, or the root of the export mounted on it. */
  FileRef cross(FileRef found);

  /**
   * The mounted_on_fileid attribute: of the directory underneath for an export's root, else the
   * given fileid of the object itself.
   */
  long mountedOnFileid(FileRef file, long fileid);
}
