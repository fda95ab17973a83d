package ferry.server.state;

import ferry.server.export.FileKey;
import ferry.server.status.Refused;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.Stateid4;

/**
 * All stateids of this server.
 *
 * <p>Stateid arguments are what {@code CompoundContext.resolve} returned: never the current-stateid
 * form. Errors follow RFC 5661 8.2.4: BAD_STATEID, OLD_STATEID, STALE_STATEID, EXPIRED,
 * ADMIN_REVOKED.
 */
public interface StateTable {

  /**
   * Checks the share reservation (RFC 5661 9.7: also against the same owner's own opens) and makes
   * or upgrades the open state.
   *
   * @throws Refused NFS4ERR_SHARE_DENIED, or NFS4ERR_RESOURCE at a limit; the file was closed
   */
  Opened open(OpenRequest request) throws Refused;

  /**
   * CLOSE: ends an open state.
   *
   * @return the stateid to answer: the invalid special one (RFC 5661 18.2.4)
   */
  Stateid4 close(long clientid, FileKey file, Stateid4 stateid) throws Refused;

  /**
   * OPEN_DOWNGRADE.
   *
   * @throws Refused NFS4ERR_INVAL when the new modes are no union of modes that were opened
   */
  Stateid4 downgrade(long clientid, FileKey file, Stateid4 stateid, int access, int deny)
      throws Refused;

  /**
   * The open file behind a READ's stateid, or one opened just for it when the stateid is special.
   *
   * @throws Refused also NFS4ERR_OPENMODE, and NFS4ERR_LOCKED when a special stateid meets a deny
   */
  FileUse forRead(long clientid, FileKey file, Stateid4 stateid, TransientOpen opener)
      throws Refused, StorageException;

  /** The same for WRITE and for SETATTR of the size. */
  FileUse forWrite(long clientid, FileKey file, Stateid4 stateid, TransientOpen opener)
      throws Refused, StorageException;

  /** TEST_STATEID of one stateid. */
  Nfsstat4 test(long clientid, Stateid4 stateid);

  /** FREE_STATEID. */
  Nfsstat4 free(long clientid, Stateid4 stateid);

  /** True when the client holds anything (DESTROY_CLIENTID answers NFS4ERR_CLIENTID_BUSY). */
  boolean holdsState(long clientid);

  /** The client is gone: ends all it held. */
  void removeClient(long clientid);
}
