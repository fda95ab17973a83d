package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.OperationTable;
import io.ferrynfs.server.operation.support.FailedReads;
import io.ferrynfs.wire.nfs4.NfsOpnum4Binding;

/** The list of the operations of this server. */
public final class Operations {
  private Operations() {}

  /**
   * Returns a table of all operations. SEQUENCE is not one of them because the dispatcher executes
   * it.
   */
  public static OperationTable table() {
    OperationTable.Builder table = OperationTable.builder();
    addFilehandles(table);
    addSessions(table);
    addAttributes(table);
    addNames(table);
    FailedReads failed = new FailedReads();
    addData(table, failed);
    addSpace(table, failed);
    addXattrs(table);
    addLocks(table);
    return table.build();
  }

  private static void addFilehandles(OperationTable.Builder table) {
    table
        .add(NfsOpnum4Binding.PUTFH, new Putfh())
        .add(NfsOpnum4Binding.PUTROOTFH, new Putrootfh())
        .add(NfsOpnum4Binding.PUTPUBFH, new Putpubfh())
        .add(NfsOpnum4Binding.GETFH, new Getfh())
        .add(NfsOpnum4Binding.SAVEFH, new Savefh())
        .add(NfsOpnum4Binding.RESTOREFH, new Restorefh())
        .add(NfsOpnum4Binding.SECINFO, new Secinfo())
        .add(NfsOpnum4Binding.SECINFO_NO_NAME, new SecinfoNoName());
  }

  private static void addSessions(OperationTable.Builder table) {
    table
        .add(NfsOpnum4Binding.EXCHANGE_ID, new ExchangeId())
        .add(NfsOpnum4Binding.CREATE_SESSION, new CreateSession())
        .add(NfsOpnum4Binding.BIND_CONN_TO_SESSION, new BindConnToSession())
        .add(NfsOpnum4Binding.DESTROY_SESSION, new DestroySession())
        .add(NfsOpnum4Binding.DESTROY_CLIENTID, new DestroyClientid())
        .add(NfsOpnum4Binding.BACKCHANNEL_CTL, new BackchannelCtl())
        .add(NfsOpnum4Binding.RECLAIM_COMPLETE, new ReclaimComplete())
        .add(NfsOpnum4Binding.TEST_STATEID, new TestStateid())
        .add(NfsOpnum4Binding.FREE_STATEID, new FreeStateid())
        .add(NfsOpnum4Binding.SET_SSV, new SetSsv());
  }

  private static void addLocks(OperationTable.Builder table) {
    table
        .add(NfsOpnum4Binding.LOCK, new Lock())
        .add(NfsOpnum4Binding.LOCKT, new Lockt())
        .add(NfsOpnum4Binding.LOCKU, new Locku());
  }

  private static void addAttributes(OperationTable.Builder table) {
    table
        .add(NfsOpnum4Binding.ACCESS, new Access())
        .add(NfsOpnum4Binding.GETATTR, new Getattr())
        .add(NfsOpnum4Binding.SETATTR, new Setattr())
        .add(NfsOpnum4Binding.VERIFY, new Verify())
        .add(NfsOpnum4Binding.NVERIFY, new Nverify());
  }

  private static void addNames(OperationTable.Builder table) {
    table
        .add(NfsOpnum4Binding.LOOKUP, new Lookup())
        .add(NfsOpnum4Binding.LOOKUPP, new Lookupp())
        .add(NfsOpnum4Binding.READDIR, new Readdir())
        .add(NfsOpnum4Binding.READLINK, new Readlink())
        .add(NfsOpnum4Binding.CREATE, new Create())
        .add(NfsOpnum4Binding.LINK, new Link())
        .add(NfsOpnum4Binding.RENAME, new Rename())
        .add(NfsOpnum4Binding.REMOVE, new Remove());
  }

  private static void addData(OperationTable.Builder table, FailedReads failed) {
    table
        .add(NfsOpnum4Binding.OPEN, new Open())
        .add(NfsOpnum4Binding.CLOSE, new Close())
        .add(NfsOpnum4Binding.OPEN_DOWNGRADE, new OpenDowngrade())
        .add(NfsOpnum4Binding.DELEGRETURN, new Delegreturn())
        .add(NfsOpnum4Binding.READ, new Read(failed))
        .add(NfsOpnum4Binding.WRITE, new Write())
        .add(NfsOpnum4Binding.COMMIT, new Commit())
        .add(NfsOpnum4Binding.COPY, new Copy())
        .add(NfsOpnum4Binding.COPY_NOTIFY, new CopyNotify())
        .add(NfsOpnum4Binding.OFFLOAD_STATUS, new OffloadStatus())
        .add(NfsOpnum4Binding.OFFLOAD_CANCEL, new OffloadCancel());
  }

  private static void addSpace(OperationTable.Builder table, FailedReads failed) {
    table
        .add(NfsOpnum4Binding.READ_PLUS, new ReadPlus(failed))
        .add(NfsOpnum4Binding.SEEK, new Seek())
        .add(NfsOpnum4Binding.IO_ADVISE, new IoAdvise())
        .add(NfsOpnum4Binding.ALLOCATE, new Allocate())
        .add(NfsOpnum4Binding.DEALLOCATE, new Deallocate())
        .add(NfsOpnum4Binding.CLONE, new Clone());
  }

  private static void addXattrs(OperationTable.Builder table) {
    table
        .add(NfsOpnum4Binding.GETXATTR, new Getxattr())
        .add(NfsOpnum4Binding.SETXATTR, new Setxattr())
        .add(NfsOpnum4Binding.LISTXATTRS, new Listxattrs())
        .add(NfsOpnum4Binding.REMOVEXATTR, new Removexattr());
  }
}
