package io.ferrynfs.server.operation;

import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import java.util.function.Function;

/** The operations on files, directories and their attributes. */
final class FileOperations {
  private FileOperations() {}

  /** Adds them all. */
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
        .add(
            NfsOpnum4.OP_LOCK,
            NfsArgop4.Lock.class,
            NfsArgop4.Lock::args,
            new Lock(),
            NfsResop4.Lock::new)
        .add(
            NfsOpnum4.OP_LOCKT,
            NfsArgop4.Lockt.class,
            NfsArgop4.Lockt::args,
            new Lockt(),
            NfsResop4.Lockt::new)
        .add(
            NfsOpnum4.OP_LOCKU,
            NfsArgop4.Locku.class,
            NfsArgop4.Locku::args,
            new Locku(),
            NfsResop4.Locku::new);
  }

  private static void addAttributes(OperationTable.Builder table) {
    table
        .add(
            NfsOpnum4.OP_ACCESS,
            NfsArgop4.Access.class,
            NfsArgop4.Access::args,
            new Access(),
            NfsResop4.Access::new)
        .add(
            NfsOpnum4.OP_GETATTR,
            NfsArgop4.Getattr.class,
            NfsArgop4.Getattr::args,
            new Getattr(),
            NfsResop4.Getattr::new)
        .add(
            NfsOpnum4.OP_SETATTR,
            NfsArgop4.Setattr.class,
            NfsArgop4.Setattr::args,
            new Setattr(),
            NfsResop4.Setattr::new)
        .add(
            NfsOpnum4.OP_VERIFY,
            NfsArgop4.Verify.class,
            NfsArgop4.Verify::args,
            new Verify(),
            NfsResop4.Verify::new)
        .add(
            NfsOpnum4.OP_NVERIFY,
            NfsArgop4.Nverify.class,
            NfsArgop4.Nverify::args,
            new Nverify(),
            NfsResop4.Nverify::new);
  }

  private static void addNames(OperationTable.Builder table) {
    table
        .add(
            NfsOpnum4.OP_LOOKUP,
            NfsArgop4.Lookup.class,
            NfsArgop4.Lookup::args,
            new Lookup(),
            NfsResop4.Lookup::new)
        .add(
            NfsOpnum4.OP_LOOKUPP,
            NfsArgop4.Lookupp.class,
            Function.identity(),
            new Lookupp(),
            NfsResop4.Lookupp::new)
        .add(
            NfsOpnum4.OP_READDIR,
            NfsArgop4.Readdir.class,
            NfsArgop4.Readdir::args,
            new Readdir(),
            NfsResop4.Readdir::new)
        .add(
            NfsOpnum4.OP_READLINK,
            NfsArgop4.Readlink.class,
            Function.identity(),
            new Readlink(),
            NfsResop4.Readlink::new)
        .add(
            NfsOpnum4.OP_CREATE,
            NfsArgop4.Create.class,
            NfsArgop4.Create::args,
            new Create(),
            NfsResop4.Create::new)
        .add(
            NfsOpnum4.OP_LINK,
            NfsArgop4.Link.class,
            NfsArgop4.Link::args,
            new Link(),
            NfsResop4.Link::new)
        .add(
            NfsOpnum4.OP_RENAME,
            NfsArgop4.Rename.class,
            NfsArgop4.Rename::args,
            new Rename(),
            NfsResop4.Rename::new)
        .add(
            NfsOpnum4.OP_REMOVE,
            NfsArgop4.Remove.class,
            NfsArgop4.Remove::args,
            new Remove(),
            NfsResop4.Remove::new);
  }

  private static void addData(OperationTable.Builder table, FailedReads failed) {
    table
        .add(
            NfsOpnum4.OP_OPEN,
            NfsArgop4.Open.class,
            NfsArgop4.Open::args,
            new Open(),
            NfsResop4.Open::new)
        .add(
            NfsOpnum4.OP_CLOSE,
            NfsArgop4.Close.class,
            NfsArgop4.Close::args,
            new Close(),
            NfsResop4.Close::new)
        .add(
            NfsOpnum4.OP_OPEN_DOWNGRADE,
            NfsArgop4.OpenDowngrade.class,
            NfsArgop4.OpenDowngrade::args,
            new OpenDowngrade(),
            NfsResop4.OpenDowngrade::new)
        .add(
            NfsOpnum4.OP_DELEGRETURN,
            NfsArgop4.Delegreturn.class,
            NfsArgop4.Delegreturn::args,
            new Delegreturn(),
            NfsResop4.Delegreturn::new)
        .add(
            NfsOpnum4.OP_READ,
            NfsArgop4.Read.class,
            NfsArgop4.Read::args,
            new Read(failed),
            NfsResop4.Read::new)
        .add(
            NfsOpnum4.OP_WRITE,
            NfsArgop4.Write.class,
            NfsArgop4.Write::args,
            new Write(),
            NfsResop4.Write::new)
        .add(
            NfsOpnum4.OP_COMMIT,
            NfsArgop4.Commit.class,
            NfsArgop4.Commit::args,
            new Commit(),
            NfsResop4.Commit::new)
        .add(
            NfsOpnum4.OP_COPY,
            NfsArgop4.Copy.class,
            NfsArgop4.Copy::args,
            new Copy(),
            NfsResop4.Copy::new)
        .add(
            NfsOpnum4.OP_COPY_NOTIFY,
            NfsArgop4.CopyNotify.class,
            NfsArgop4.CopyNotify::args,
            new CopyNotify(),
            NfsResop4.CopyNotify::new)
        .add(
            NfsOpnum4.OP_OFFLOAD_STATUS,
            NfsArgop4.OffloadStatus.class,
            NfsArgop4.OffloadStatus::args,
            new OffloadStatus(),
            NfsResop4.OffloadStatus::new)
        .add(
            NfsOpnum4.OP_OFFLOAD_CANCEL,
            NfsArgop4.OffloadCancel.class,
            NfsArgop4.OffloadCancel::args,
            new OffloadCancel(),
            NfsResop4.OffloadCancel::new);
  }

  private static void addSpace(OperationTable.Builder table, FailedReads failed) {
    table
        .add(
            NfsOpnum4.OP_READ_PLUS,
            NfsArgop4.ReadPlus.class,
            NfsArgop4.ReadPlus::args,
            new ReadPlus(failed),
            NfsResop4.ReadPlus::new)
        .add(
            NfsOpnum4.OP_SEEK,
            NfsArgop4.Seek.class,
            NfsArgop4.Seek::args,
            new Seek(),
            NfsResop4.Seek::new)
        .add(
            NfsOpnum4.OP_IO_ADVISE,
            NfsArgop4.IoAdvise.class,
            NfsArgop4.IoAdvise::args,
            new IoAdvise(),
            NfsResop4.IoAdvise::new)
        .add(
            NfsOpnum4.OP_ALLOCATE,
            NfsArgop4.Allocate.class,
            NfsArgop4.Allocate::args,
            new Allocate(),
            NfsResop4.Allocate::new)
        .add(
            NfsOpnum4.OP_DEALLOCATE,
            NfsArgop4.Deallocate.class,
            NfsArgop4.Deallocate::args,
            new Deallocate(),
            NfsResop4.Deallocate::new)
        .add(
            NfsOpnum4.OP_CLONE,
            NfsArgop4.Clone.class,
            NfsArgop4.Clone::args,
            new Clone(),
            NfsResop4.Clone::new);
  }

  private static void addXattrs(OperationTable.Builder table) {
    table
        .add(
            NfsOpnum4.OP_GETXATTR,
            NfsArgop4.Getxattr.class,
            NfsArgop4.Getxattr::args,
            new Getxattr(),
            NfsResop4.Getxattr::new)
        .add(
            NfsOpnum4.OP_SETXATTR,
            NfsArgop4.Setxattr.class,
            NfsArgop4.Setxattr::args,
            new Setxattr(),
            NfsResop4.Setxattr::new)
        .add(
            NfsOpnum4.OP_LISTXATTRS,
            NfsArgop4.Listxattrs.class,
            NfsArgop4.Listxattrs::args,
            new Listxattrs(),
            NfsResop4.Listxattrs::new)
        .add(
            NfsOpnum4.OP_REMOVEXATTR,
            NfsArgop4.Removexattr.class,
            NfsArgop4.Removexattr::args,
            new Removexattr(),
            NfsResop4.Removexattr::new);
  }
}
