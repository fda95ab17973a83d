package io.ferrynfs.server.status;

import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.status.OperationSample.Maker;
import io.ferrynfs.server.status.OperationSample.On;
import io.ferrynfs.server.status.OperationSample.Varied;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Allocate4Args;
import io.ferrynfs.wire.nfs4.AppDataBlock4;
import io.ferrynfs.wire.nfs4.BackchannelCtl4Args;
import io.ferrynfs.wire.nfs4.BindConnToSession4Args;
import io.ferrynfs.wire.nfs4.CallbackSecParms4;
import io.ferrynfs.wire.nfs4.CbClient4;
import io.ferrynfs.wire.nfs4.ChannelDirFromClient4;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Create4Args;
import io.ferrynfs.wire.nfs4.Createhow4;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Deallocate4Args;
import io.ferrynfs.wire.nfs4.DelegClaim4;
import io.ferrynfs.wire.nfs4.Delegpurge4Args;
import io.ferrynfs.wire.nfs4.Delegreturn4Args;
import io.ferrynfs.wire.nfs4.Deviceid4;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.GetDirDelegation4Args;
import io.ferrynfs.wire.nfs4.Getdeviceinfo4Args;
import io.ferrynfs.wire.nfs4.Getdevicelist4Args;
import io.ferrynfs.wire.nfs4.Getxattr4Args;
import io.ferrynfs.wire.nfs4.IoAdvise4Args;
import io.ferrynfs.wire.nfs4.IoInfo4;
import io.ferrynfs.wire.nfs4.Layoutcommit4Args;
import io.ferrynfs.wire.nfs4.Layouterror4Args;
import io.ferrynfs.wire.nfs4.Layoutget4Args;
import io.ferrynfs.wire.nfs4.Layoutiomode4;
import io.ferrynfs.wire.nfs4.Layoutreturn4;
import io.ferrynfs.wire.nfs4.Layoutreturn4Args;
import io.ferrynfs.wire.nfs4.Layoutstats4Args;
import io.ferrynfs.wire.nfs4.Layoutupdate4;
import io.ferrynfs.wire.nfs4.Link4Args;
import io.ferrynfs.wire.nfs4.Listxattrs4Args;
import io.ferrynfs.wire.nfs4.Lock4Args;
import io.ferrynfs.wire.nfs4.Locker4;
import io.ferrynfs.wire.nfs4.Lockt4Args;
import io.ferrynfs.wire.nfs4.Locku4Args;
import io.ferrynfs.wire.nfs4.Lookup4Args;
import io.ferrynfs.wire.nfs4.Netaddr4;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.Newoffset4;
import io.ferrynfs.wire.nfs4.Newtime4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsClientId4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.Nverify4Args;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.OpenConfirm4Args;
import io.ferrynfs.wire.nfs4.OpenDowngrade4Args;
import io.ferrynfs.wire.nfs4.OpenToLockOwner4;
import io.ferrynfs.wire.nfs4.Openattr4Args;
import io.ferrynfs.wire.nfs4.Openflag4;
import io.ferrynfs.wire.nfs4.ReadPlus4Args;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Args;
import io.ferrynfs.wire.nfs4.ReleaseLockowner4Args;
import io.ferrynfs.wire.nfs4.Remove4Args;
import io.ferrynfs.wire.nfs4.Removexattr4Args;
import io.ferrynfs.wire.nfs4.Rename4Args;
import io.ferrynfs.wire.nfs4.Renew4Args;
import io.ferrynfs.wire.nfs4.Secinfo4Args;
import io.ferrynfs.wire.nfs4.SecinfoStyle4;
import io.ferrynfs.wire.nfs4.SetSsv4Args;
import io.ferrynfs.wire.nfs4.Setattr4Args;
import io.ferrynfs.wire.nfs4.Setclientid4Args;
import io.ferrynfs.wire.nfs4.SetclientidConfirm4Args;
import io.ferrynfs.wire.nfs4.Setxattr4Args;
import io.ferrynfs.wire.nfs4.SetxattrOption4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.StateOwner4;
import io.ferrynfs.wire.nfs4.TestStateid4Args;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.Verify4Args;
import io.ferrynfs.wire.nfs4.WantDelegation4Args;
import io.ferrynfs.wire.nfs4.WriteSame4Args;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;

/** A sample of every operation number of NFSv4.1 and NFSv4.2, including those of NFSv4.0. */
final class OperationSamples {
  private static final Opaque VERIFIER_BYTES = Opaque.of(new byte[8]);
  private static final Verifier4 VERIFIER = new Verifier4(VERIFIER_BYTES);
  private static final Deviceid4 DEVICE = new Deviceid4(Opaque.of(new byte[16]));
  private static final StateOwner4 OWNER = new StateOwner4(0, Opaque.ofUtf8("owner"));
  private static final Fattr4 NOTHING = AttrValues.EMPTY.encode();
  private static final Fattr4 MODE = AttrValues.builder().put(Attrs.MODE, 0644L).build().encode();
  private static final Fattr4 WRONG_SIZE =
      AttrValues.builder().put(Attrs.SIZE, 7L).build().encode();
  private static final Nfstime4 TIME = new Nfstime4(0, 0);
  private static final int LAYOUT = 1;

  static final List<OperationSample> ALL = new OperationSamples().rows;

  private final List<OperationSample> rows = new ArrayList<>();

  private OperationSamples() {
    filehandles();
    attributes();
    names();
    files();
    spaceAndCopies();
    extendedAttributes();
    sessions();
    locksAndDelegations();
    layouts();
    minorVersionZero();
  }

  private void add(NfsOpnum4 operation, On on, ObjectKind saved, Maker arm, Varied... varied) {
    ObjectKind current =
        switch (on) {
          case NOTHING -> ObjectKind.NONE;
          case ANY, REGULAR_FILE, NOTHING_ELSE_THAN_A_FILE, FILE_OR_DIRECTORY -> ObjectKind.FILE;
          case DIRECTORY -> ObjectKind.DIRECTORY;
          case SYMLINK -> ObjectKind.SYMLINK;
        };
    rows.add(new OperationSample(operation, on, saved, current, List.of(varied), arm));
  }

  private void add(NfsOpnum4 operation, On on, Maker arm, Varied... varied) {
    add(operation, on, ObjectKind.NONE, arm, varied);
  }

  private void filehandles() {
    add(
        NfsOpnum4.OP_PUTFH,
        On.NOTHING,
        (lab, stateid, name) -> Ops.putfh(lab.filehandle(ObjectKind.FILE)));
    add(NfsOpnum4.OP_PUTROOTFH, On.NOTHING, (lab, stateid, name) -> Ops.putrootfh());
    add(NfsOpnum4.OP_PUTPUBFH, On.NOTHING, (lab, stateid, name) -> new NfsArgop4.Putpubfh());
    add(NfsOpnum4.OP_GETFH, On.ANY, (lab, stateid, name) -> Ops.getfh());
    add(NfsOpnum4.OP_SAVEFH, On.ANY, (lab, stateid, name) -> Ops.savefh());
    // It uses only the saved filehandle.
    rows.add(
        new OperationSample(
            NfsOpnum4.OP_RESTOREFH,
            On.ANY,
            ObjectKind.FILE,
            ObjectKind.NONE,
            List.of(),
            (lab, stateid, name) -> new NfsArgop4.Restorefh()));
  }

  private void attributes() {
    add(NfsOpnum4.OP_ACCESS, On.ANY, (lab, stateid, name) -> Ops.access(0x3f));
    add(
        NfsOpnum4.OP_GETATTR,
        On.ANY,
        (lab, stateid, name) -> Ops.getattr(Attrs.TYPE, Attrs.SIZE, Attrs.SPACE_FREE));
    add(
        NfsOpnum4.OP_SETATTR,
        On.FILE_OR_DIRECTORY,
        (lab, stateid, name) -> new NfsArgop4.Setattr(new Setattr4Args(Stateids.ANONYMOUS, MODE)));
    add(
        NfsOpnum4.OP_VERIFY,
        On.ANY,
        (lab, stateid, name) -> new NfsArgop4.Verify(new Verify4Args(WRONG_SIZE)));
    add(
        NfsOpnum4.OP_NVERIFY,
        On.ANY,
        (lab, stateid, name) -> new NfsArgop4.Nverify(new Nverify4Args(WRONG_SIZE)));
    add(
        NfsOpnum4.OP_OPENATTR,
        On.ANY,
        (lab, stateid, name) -> new NfsArgop4.Openattr(new Openattr4Args(false)));
  }

  private void names() {
    add(
        NfsOpnum4.OP_LOOKUP,
        On.DIRECTORY,
        (lab, stateid, name) -> new NfsArgop4.Lookup(new Lookup4Args(name)),
        Varied.NAME);
    add(NfsOpnum4.OP_LOOKUPP, On.DIRECTORY, (lab, stateid, name) -> new NfsArgop4.Lookupp());
    add(
        NfsOpnum4.OP_READDIR,
        On.DIRECTORY,
        (lab, stateid, name) -> Ops.readdir(0, VERIFIER, 4096, 4096, Attrs.TYPE, Attrs.FILEID));
    add(NfsOpnum4.OP_READLINK, On.SYMLINK, (lab, stateid, name) -> new NfsArgop4.Readlink());
    add(
        NfsOpnum4.OP_CREATE,
        On.DIRECTORY,
        (lab, stateid, name) ->
            new NfsArgop4.Create(new Create4Args(new Createtype4.Dir(), name, NOTHING)),
        Varied.NAME);
    add(
        NfsOpnum4.OP_LINK,
        On.DIRECTORY,
        ObjectKind.FILE,
        (lab, stateid, name) -> new NfsArgop4.Link(new Link4Args(name)),
        Varied.NAME);
    add(
        NfsOpnum4.OP_RENAME,
        On.DIRECTORY,
        ObjectKind.DIRECTORY,
        (lab, stateid, name) -> new NfsArgop4.Rename(new Rename4Args(name, Opaque.ofUtf8("new"))),
        Varied.NAME);
    add(
        NfsOpnum4.OP_REMOVE,
        On.DIRECTORY,
        (lab, stateid, name) -> new NfsArgop4.Remove(new Remove4Args(name)),
        Varied.NAME);
    add(
        NfsOpnum4.OP_SECINFO,
        On.DIRECTORY,
        (lab, stateid, name) -> new NfsArgop4.Secinfo(new Secinfo4Args(name)),
        Varied.NAME);
    add(
        NfsOpnum4.OP_SECINFO_NO_NAME,
        On.DIRECTORY,
        (lab, stateid, name) -> new NfsArgop4.SecinfoNoName(SecinfoStyle4.SECINFO_STYLE4_PARENT));
  }

  private void files() {
    add(
        NfsOpnum4.OP_OPEN,
        On.DIRECTORY,
        (lab, stateid, name) ->
            Ops.open(
                "opener",
                Ops.READ,
                Ops.NONE,
                new Openflag4.Create(new Createhow4.Unchecked4(NOTHING)),
                new OpenClaim4.Null(name)),
        Varied.NAME);
    add(
        NfsOpnum4.OP_CLOSE,
        On.REGULAR_FILE,
        (lab, stateid, name) -> Ops.close(stateid),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_OPEN_DOWNGRADE,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.OpenDowngrade(new OpenDowngrade4Args(stateid, 0, Ops.READ, Ops.NONE)),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_READ,
        On.REGULAR_FILE,
        (lab, stateid, name) -> Ops.read(stateid, 0, 100),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_WRITE,
        On.REGULAR_FILE,
        (lab, stateid, name) -> Ops.write(stateid, 0, StableHow4.FILE_SYNC4, "text"),
        Varied.STATEID);
    add(NfsOpnum4.OP_COMMIT, On.REGULAR_FILE, (lab, stateid, name) -> Ops.commit());
    add(
        NfsOpnum4.OP_READ_PLUS,
        On.REGULAR_FILE,
        (lab, stateid, name) -> new NfsArgop4.ReadPlus(new ReadPlus4Args(stateid, 0, 100)),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_SEEK,
        On.REGULAR_FILE,
        (lab, stateid, name) -> Ops.seekData(stateid),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_IO_ADVISE,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.IoAdvise(new IoAdvise4Args(stateid, 0, 100, Bitmap4.EMPTY)),
        Varied.STATEID);
  }

  private void spaceAndCopies() {
    add(
        NfsOpnum4.OP_ALLOCATE,
        On.NOTHING_ELSE_THAN_A_FILE,
        (lab, stateid, name) -> new NfsArgop4.Allocate(new Allocate4Args(stateid, 0, 100)),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_DEALLOCATE,
        On.NOTHING_ELSE_THAN_A_FILE,
        (lab, stateid, name) -> new NfsArgop4.Deallocate(new Deallocate4Args(stateid, 0, 100)),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_COPY,
        On.NOTHING_ELSE_THAN_A_FILE,
        ObjectKind.FILE,
        (lab, stateid, name) -> Ops.copy(stateid, stateid, 0, 5000, 100),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_CLONE,
        On.NOTHING_ELSE_THAN_A_FILE,
        ObjectKind.FILE,
        (lab, stateid, name) ->
            new NfsArgop4.Clone(new Clone4Args(stateid, stateid, 0, 4096, 4096)),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_COPY_NOTIFY,
        On.NOTHING_ELSE_THAN_A_FILE,
        (lab, stateid, name) ->
            Ops.copyNotify(
                stateid,
                new Netloc4.Netaddr(
                    new Netaddr4(Opaque.ofUtf8("tcp"), Opaque.ofUtf8("127.0.0.1.8.1")))),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_OFFLOAD_CANCEL,
        On.ANY,
        (lab, stateid, name) -> Ops.offloadCancel(stateid),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_OFFLOAD_STATUS,
        On.ANY,
        (lab, stateid, name) -> Ops.offloadStatus(stateid),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_WRITE_SAME,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.WriteSame(
                new WriteSame4Args(
                    stateid,
                    StableHow4.FILE_SYNC4,
                    new AppDataBlock4(0, 4096, 1, 0, 0, 0, Opaque.ofUtf8("pattern")))),
        Varied.STATEID);
  }

  private void extendedAttributes() {
    add(
        NfsOpnum4.OP_GETXATTR,
        On.FILE_OR_DIRECTORY,
        (lab, stateid, name) -> new NfsArgop4.Getxattr(new Getxattr4Args(name)),
        Varied.XATTR_NAME);
    add(
        NfsOpnum4.OP_SETXATTR,
        On.FILE_OR_DIRECTORY,
        (lab, stateid, name) ->
            new NfsArgop4.Setxattr(
                new Setxattr4Args(SetxattrOption4.SETXATTR4_EITHER, name, Opaque.ofUtf8("value"))),
        Varied.XATTR_NAME);
    add(
        NfsOpnum4.OP_LISTXATTRS,
        On.FILE_OR_DIRECTORY,
        (lab, stateid, name) -> new NfsArgop4.Listxattrs(new Listxattrs4Args(0, 1000)));
    add(
        NfsOpnum4.OP_REMOVEXATTR,
        On.FILE_OR_DIRECTORY,
        (lab, stateid, name) -> new NfsArgop4.Removexattr(new Removexattr4Args(name)),
        Varied.XATTR_NAME);
  }

  private void sessions() {
    add(
        NfsOpnum4.OP_SEQUENCE,
        On.NOTHING,
        (lab, stateid, name) -> lab.client.sequence(0, 1, false));
    add(NfsOpnum4.OP_EXCHANGE_ID, On.NOTHING, (lab, stateid, name) -> lab.client.exchangeIdArgs(0));
    add(
        NfsOpnum4.OP_CREATE_SESSION,
        On.NOTHING,
        (lab, stateid, name) -> lab.client.createSessionArgs(3, ErrorLab.FORE));
    add(
        NfsOpnum4.OP_DESTROY_SESSION,
        On.NOTHING,
        (lab, stateid, name) -> Ops.destroySession(lab.client.sessionid()));
    add(
        NfsOpnum4.OP_DESTROY_CLIENTID,
        On.NOTHING,
        (lab, stateid, name) -> Ops.destroyClientid(lab.client.clientid()));
    add(
        NfsOpnum4.OP_BIND_CONN_TO_SESSION,
        On.NOTHING,
        (lab, stateid, name) ->
            new NfsArgop4.BindConnToSession(
                new BindConnToSession4Args(
                    lab.client.sessionid(), ChannelDirFromClient4.CDFC4_FORE_OR_BOTH, false)));
    add(
        NfsOpnum4.OP_BACKCHANNEL_CTL,
        On.NOTHING,
        (lab, stateid, name) ->
            new NfsArgop4.BackchannelCtl(
                new BackchannelCtl4Args(
                    RawClient.CB_PROGRAM, List.of(new CallbackSecParms4.AuthNone()))));
    add(
        NfsOpnum4.OP_SET_SSV,
        On.NOTHING,
        (lab, stateid, name) ->
            new NfsArgop4.SetSsv(new SetSsv4Args(Opaque.ofUtf8("ssv1"), Opaque.ofUtf8("digest"))));
    add(
        NfsOpnum4.OP_RECLAIM_COMPLETE,
        On.NOTHING,
        (lab, stateid, name) -> new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(false)));
    add(
        NfsOpnum4.OP_TEST_STATEID,
        On.NOTHING,
        (lab, stateid, name) ->
            new NfsArgop4.TestStateid(new TestStateid4Args(List.of(stateid, lab.openOld))));
    add(
        NfsOpnum4.OP_FREE_STATEID,
        On.NOTHING,
        (lab, stateid, name) -> new NfsArgop4.FreeStateid(new FreeStateid4Args(stateid)),
        Varied.STATEID);
  }

  private void locksAndDelegations() {
    add(
        NfsOpnum4.OP_LOCK,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.Lock(
                new Lock4Args(
                    NfsLockType4.READ_LT,
                    false,
                    0,
                    100,
                    new Locker4.True(new OpenToLockOwner4(0, stateid, 0, OWNER)))),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_LOCKT,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.Lockt(new Lockt4Args(NfsLockType4.READ_LT, 0, 100, OWNER)));
    add(
        NfsOpnum4.OP_LOCKU,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.Locku(new Locku4Args(NfsLockType4.READ_LT, 0, stateid, 0, 100)),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_DELEGPURGE,
        On.NOTHING,
        (lab, stateid, name) -> new NfsArgop4.Delegpurge(new Delegpurge4Args(0)));
    add(
        NfsOpnum4.OP_DELEGRETURN,
        On.REGULAR_FILE,
        (lab, stateid, name) -> new NfsArgop4.Delegreturn(new Delegreturn4Args(stateid)),
        Varied.STATEID);
    add(
        NfsOpnum4.OP_GET_DIR_DELEGATION,
        On.DIRECTORY,
        (lab, stateid, name) ->
            new NfsArgop4.GetDirDelegation(
                new GetDirDelegation4Args(
                    false, Bitmap4.EMPTY, TIME, TIME, Bitmap4.EMPTY, Bitmap4.EMPTY)));
    add(
        NfsOpnum4.OP_WANT_DELEGATION,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.WantDelegation(new WantDelegation4Args(0, new DelegClaim4.Fh())));
  }

  private void layouts() {
    Layoutupdate4 update = new Layoutupdate4(LAYOUT, Opaque.EMPTY);
    add(
        NfsOpnum4.OP_GETDEVICEINFO,
        On.NOTHING,
        (lab, stateid, name) ->
            new NfsArgop4.Getdeviceinfo(
                new Getdeviceinfo4Args(DEVICE, LAYOUT, 4096, Bitmap4.EMPTY)));
    add(
        NfsOpnum4.OP_GETDEVICELIST,
        On.ANY,
        (lab, stateid, name) ->
            new NfsArgop4.Getdevicelist(new Getdevicelist4Args(LAYOUT, 10, 0, VERIFIER)));
    add(
        NfsOpnum4.OP_LAYOUTCOMMIT,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.Layoutcommit(
                new Layoutcommit4Args(
                    0, 1, false, stateid, new Newoffset4.False(), new Newtime4.False(), update)));
    add(
        NfsOpnum4.OP_LAYOUTGET,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.Layoutget(
                new Layoutget4Args(
                    false, LAYOUT, Layoutiomode4.LAYOUTIOMODE4_READ, 0, 1, 1, stateid, 4096)));
    add(
        NfsOpnum4.OP_LAYOUTRETURN,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.Layoutreturn(
                new Layoutreturn4Args(
                    false, LAYOUT, Layoutiomode4.LAYOUTIOMODE4_ANY, new Layoutreturn4.All())));
    add(
        NfsOpnum4.OP_LAYOUTERROR,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.Layouterror(new Layouterror4Args(0, 1, stateid, List.of())));
    add(
        NfsOpnum4.OP_LAYOUTSTATS,
        On.REGULAR_FILE,
        (lab, stateid, name) ->
            new NfsArgop4.Layoutstats(
                new Layoutstats4Args(
                    0, 1, stateid, new IoInfo4(0, 0), new IoInfo4(0, 0), DEVICE, update)));
  }

  private void minorVersionZero() {
    add(
        NfsOpnum4.OP_OPEN_CONFIRM,
        On.NOTHING,
        (lab, stateid, name) -> new NfsArgop4.OpenConfirm(new OpenConfirm4Args(stateid, 1)));
    add(
        NfsOpnum4.OP_RENEW,
        On.NOTHING,
        (lab, stateid, name) -> new NfsArgop4.Renew(new Renew4Args(1)));
    add(
        NfsOpnum4.OP_SETCLIENTID,
        On.NOTHING,
        (lab, stateid, name) ->
            new NfsArgop4.Setclientid(
                new Setclientid4Args(
                    new NfsClientId4(VERIFIER, Opaque.ofUtf8("id")),
                    new CbClient4(1, new Netaddr4(Opaque.ofUtf8("tcp"), Opaque.ofUtf8("1"))),
                    1)));
    add(
        NfsOpnum4.OP_SETCLIENTID_CONFIRM,
        On.NOTHING,
        (lab, stateid, name) ->
            new NfsArgop4.SetclientidConfirm(new SetclientidConfirm4Args(1, VERIFIER)));
    add(
        NfsOpnum4.OP_RELEASE_LOCKOWNER,
        On.NOTHING,
        (lab, stateid, name) -> new NfsArgop4.ReleaseLockowner(new ReleaseLockowner4Args(OWNER)));
    add(NfsOpnum4.OP_ILLEGAL, On.NOTHING, (lab, stateid, name) -> new NfsArgop4.Illegal());
  }
}
