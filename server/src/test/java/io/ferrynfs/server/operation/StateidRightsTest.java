package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.copy;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Allocate4Args;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Deallocate4Args;
import io.ferrynfs.wire.nfs4.ExistLockOwner4;
import io.ferrynfs.wire.nfs4.IoAdvise4Args;
import io.ferrynfs.wire.nfs4.Lock4Args;
import io.ferrynfs.wire.nfs4.Lock4Res;
import io.ferrynfs.wire.nfs4.Locker4;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenToLockOwner4;
import io.ferrynfs.wire.nfs4.ReadPlus4Args;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.StateOwner4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Which users a stateid serves: the user that opened the file, its owner, and any user that could
 * open the file (RFC 8881 section 6.3.1.1 describes the owner's override). All reading operations
 * decide alike, and so do all writing operations and all locks.
 */
class StateidRightsTest {
  private static final long OWNER = FileLab.OWNER.uid();
  private static final long OPENER = 0;
  private static final long OTHER = 4711;
  private static final Stateid4 ANY = Stateids.ANONYMOUS;

  private final MemoryVolume volume =
      MemoryVolume.builder("data", InstantSource.system()).rootMode(0777).build();
  private final FileLab lab = new FileLab(CopyRules.LINUX, volume);

  /** The second file of operations that need two; any user may read and write it. */
  private final NfsFh4 open = lab.file("open", "o".repeat(4096));

  private final NfsFh4 file = lab.file("file", "f".repeat(4096));

  private void chmod(String name, int mode) throws StorageException {
    Handle handle = volume.lookup(Caller.SUPERUSER, volume.root(), Name.of(name)).handle();
    volume.setAttributes(Caller.SUPERUSER, handle, AttributeChanges.ofMode(mode), null);
  }

  private NfsArgop4[] ops(NfsArgop4... operations) {
    return operations;
  }

  private Map<String, NfsArgop4[]> reading(Stateid4 stateid) {
    Map<String, NfsArgop4[]> all = new LinkedHashMap<>();
    all.put("READ", ops(putfh(file), Ops.read(stateid, 0, 10)));
    all.put(
        "READ_PLUS", ops(putfh(file), new NfsArgop4.ReadPlus(new ReadPlus4Args(stateid, 0, 10))));
    all.put("SEEK", ops(putfh(file), Ops.seekData(stateid)));
    all.put(
        "IO_ADVISE",
        ops(putfh(file), new NfsArgop4.IoAdvise(new IoAdvise4Args(stateid, 0, 0, Bitmap4.of(2)))));
    all.put("COPY", ops(putfh(file), savefh(), putfh(open), copy(stateid, ANY, 0, 0, 0)));
    all.put(
        "CLONE",
        ops(
            putfh(file),
            savefh(),
            putfh(open),
            new NfsArgop4.Clone(new Clone4Args(stateid, ANY, 0, 0, 0))));
    all.put(
        "COPY_NOTIFY",
        ops(putfh(file), Ops.copyNotify(stateid, new Netloc4.Name(Opaque.ofUtf8("destination")))));
    return all;
  }

  private Map<String, NfsArgop4[]> writing(Stateid4 stateid) {
    AttrValues size = AttrValues.builder().put(Attrs.SIZE, 4096L).build();
    Map<String, NfsArgop4[]> all = new LinkedHashMap<>();
    all.put("WRITE", ops(putfh(file), Ops.write(stateid, 0, StableHow4.UNSTABLE4, "x")));
    all.put("SETATTR", ops(putfh(file), Ops.setattr(stateid, size)));
    all.put("ALLOCATE", ops(putfh(file), new NfsArgop4.Allocate(new Allocate4Args(stateid, 0, 1))));
    all.put(
        "DEALLOCATE",
        ops(putfh(file), new NfsArgop4.Deallocate(new Deallocate4Args(stateid, 0, 1))));
    all.put("COPY", ops(putfh(open), savefh(), putfh(file), copy(ANY, stateid, 0, 0, 0)));
    all.put(
        "CLONE",
        ops(
            putfh(open),
            savefh(),
            putfh(file),
            new NfsArgop4.Clone(new Clone4Args(ANY, stateid, 0, 0, 0))));
    return all;
  }

  private void expect(long uid, Map<String, NfsArgop4[]> operations, Nfsstat4 status) {
    lab.user(uid);
    operations.forEach((name, compound) ->
        assertThat(lab.status(compound)).as("%s by %d", name, uid).isEqualTo(status));
  }

  private Stateid4 openedBy(long uid) throws StorageException {
    chmod("open", 0666);
    lab.user(uid);
    return lab.open(file, "somebody", Ops.BOTH);
  }

  @Test
  void userThatCouldNotOpenTheFileGetsNothingWithTheStateidOfAnother() throws Exception {
    Stateid4 stateid = openedBy(OPENER);
    chmod("file", 0600);
    expect(OTHER, reading(stateid), Nfsstat4.NFS4ERR_ACCESS);
    expect(OTHER, writing(stateid), Nfsstat4.NFS4ERR_ACCESS);
    assertThat(lab.content("file")).isEqualTo("f".repeat(4096));
    assertThat(lab.content("open")).isEqualTo("o".repeat(4096));
    assertThat(volume.openFileCount()).as("files of the failed operations are closed").isEqualTo(1);
  }

  @Test
  void userWithReadPermissionMayNotWrite() throws Exception {
    Stateid4 stateid = openedBy(OPENER);
    chmod("file", 0604);
    expect(OTHER, reading(stateid), Nfsstat4.NFS4_OK);
    expect(OTHER, writing(stateid), Nfsstat4.NFS4ERR_ACCESS);
  }

  @Test
  void userThatCouldOpenTheFileIsServed() throws Exception {
    Stateid4 stateid = openedBy(OPENER);
    chmod("file", 0666);
    expect(OTHER, reading(stateid), Nfsstat4.NFS4_OK);
    expect(OTHER, writing(stateid), Nfsstat4.NFS4_OK);
  }

  @Test
  void ownerIsServedWhateverTheMode() throws Exception {
    Stateid4 stateid = openedBy(OPENER);
    chmod("file", 0);
    expect(OWNER, reading(stateid), Nfsstat4.NFS4_OK);
    expect(OWNER, writing(stateid), Nfsstat4.NFS4_OK);
  }

  @Test
  void userThatOpenedTheFileIsServedAfterAChangeOfTheMode() throws Exception {
    chmod("file", 0666);
    Stateid4 stateid = openedBy(OTHER);
    chmod("file", 0);
    expect(OTHER, reading(stateid), Nfsstat4.NFS4_OK);
    expect(OTHER, writing(stateid), Nfsstat4.NFS4_OK);
  }

  /** An open-owner that two users share does not show which user opened for which access. */
  @Test
  void stateidThatTwoUsersOpenedNeedsThePermissionOfTheCaller() throws Exception {
    chmod("file", 0666);
    Stateid4 stateid = openedBy(OTHER);
    openedBy(OPENER);
    chmod("file", 0600);
    Stateid4 now = new Stateid4(0, stateid.other());
    expect(OTHER, reading(now), Nfsstat4.NFS4ERR_ACCESS);
    expect(OTHER, writing(now), Nfsstat4.NFS4ERR_ACCESS);
    expect(OPENER, reading(now), Nfsstat4.NFS4_OK);
  }

  private NfsArgop4 lock(NfsLockType4 type, Stateid4 open) {
    StateOwner4 owner = new StateOwner4(0, Opaque.ofUtf8("l"));
    return new NfsArgop4.Lock(
        new Lock4Args(
            type, false, 0, 10, new Locker4.True(new OpenToLockOwner4(0, open, 0, owner))));
  }

  private NfsArgop4 lockByLockStateid(NfsLockType4 type, Stateid4 locked) {
    return new NfsArgop4.Lock(
        new Lock4Args(type, false, 0, 10, new Locker4.False(new ExistLockOwner4(locked, 0))));
  }

  private Stateid4 locked(Stateid4 open) {
    NfsResop4 granted = lab.last(putfh(file), lock(NfsLockType4.WRITE_LT, open));
    return ((Lock4Res.Ok) ((NfsResop4.Lock) granted).res()).value().lockStateid();
  }

  private Map<String, NfsArgop4[]> locks(Stateid4 open, Stateid4 locked, NfsLockType4... types) {
    Map<String, NfsArgop4[]> all = new LinkedHashMap<>();
    for (NfsLockType4 type : types) {
      all.put(type + " on the open", ops(putfh(file), lock(type, open)));
      all.put(type + " on a lock", ops(putfh(file), lockByLockStateid(type, locked)));
    }
    return all;
  }

  private Map<String, NfsArgop4[]> sharedLocks(Stateid4 open, Stateid4 locked) {
    return locks(open, locked, NfsLockType4.READ_LT, NfsLockType4.READW_LT);
  }

  private Map<String, NfsArgop4[]> exclusiveLocks(Stateid4 open, Stateid4 locked) {
    return locks(open, locked, NfsLockType4.WRITE_LT, NfsLockType4.WRITEW_LT);
  }

  // RFC 8881 section 18.10.3
  @Test
  void userThatCouldNotOpenTheFileCannotLockWithTheStateidOfAnother() throws Exception {
    Stateid4 open = openedBy(OPENER);
    Stateid4 locked = new Stateid4(0, locked(open).other());
    chmod("file", 0600);
    expect(OTHER, sharedLocks(open, locked), Nfsstat4.NFS4ERR_ACCESS);
    expect(OTHER, exclusiveLocks(open, locked), Nfsstat4.NFS4ERR_ACCESS);
    expect(OPENER, exclusiveLocks(open, locked), Nfsstat4.NFS4_OK);
    expect(OWNER, exclusiveLocks(open, locked), Nfsstat4.NFS4_OK);
  }

  // RFC 8881 section 18.10.3
  @Test
  void sharedLockNeedsReadPermissionAndExclusiveLockWritePermission() throws Exception {
    Stateid4 open = openedBy(OPENER);
    Stateid4 locked = new Stateid4(0, locked(open).other());
    chmod("file", 0604);
    expect(OTHER, sharedLocks(open, locked), Nfsstat4.NFS4_OK);
    expect(OTHER, exclusiveLocks(open, locked), Nfsstat4.NFS4ERR_ACCESS);
    chmod("file", 0602);
    expect(OTHER, sharedLocks(open, locked), Nfsstat4.NFS4ERR_ACCESS);
    expect(OTHER, exclusiveLocks(open, locked), Nfsstat4.NFS4_OK);
  }

  @Test
  void lockStateidServesTheUsersOfItsOpen() throws Exception {
    Stateid4 locked = locked(openedBy(OPENER));
    chmod("file", 0600);
    expect(OTHER, reading(locked), Nfsstat4.NFS4ERR_ACCESS);
    expect(OPENER, reading(locked), Nfsstat4.NFS4_OK);
  }

  /** COMMIT has no stateid (RFC 8881 section 18.3), so the user must have the file open. */
  @Test
  void userThatMayWriteOrHasTheFileOpenForWritingMayCommit() throws Exception {
    Map<String, NfsArgop4[]> commit = Map.of("COMMIT", ops(putfh(file), Ops.commit()));
    chmod("file", 0644);
    expect(OTHER, commit, Nfsstat4.NFS4ERR_ACCESS);
    expect(OWNER, commit, Nfsstat4.NFS4_OK);
    chmod("file", 0666);
    expect(OTHER, commit, Nfsstat4.NFS4_OK);
    openedBy(OTHER);
    chmod("file", 0);
    expect(OTHER, commit, Nfsstat4.NFS4_OK);
    expect(OWNER, commit, Nfsstat4.NFS4_OK);
    expect(OTHER + 1, commit, Nfsstat4.NFS4ERR_ACCESS);
    assertThat(volume.openFileCount()).as("files of the failed operations are closed").isEqualTo(1);
  }
}
