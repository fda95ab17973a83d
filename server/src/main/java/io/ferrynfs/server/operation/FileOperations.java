package io.ferrynfs.server.operation;

import io.ferrynfs.wire.nfs4.NfsOpnum4Binding;

/** The operations on files, directories and their attributes. */
final class FileOperations {
  private FileOperations() {}

  /** Adds all of these operations. */
  static void addTo(OperationTable.Builder table) {
    addAttributes(table);
    addNames(table);
    FailedReads failed = new FailedReads();
    addData(table, failed);
    addSpace(table, failed);
    addXattrs(table);
    addLocks(table);
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
