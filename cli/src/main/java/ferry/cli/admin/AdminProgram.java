package ferry.cli.admin;

import ferry.rpc.RpcCall;
import ferry.rpc.RpcHandler;
import ferry.rpc.RpcReject;
import ferry.server.offload.CopyDirectory;
import ferry.server.offload.CopyStatus;
import ferry.wire.admin.Admin;
import ferry.wire.admin.AdminCancelCopy1Args;
import ferry.wire.admin.AdminCancelCopy1Res;
import ferry.wire.admin.AdminCopy;
import ferry.wire.admin.AdminCopyState;
import ferry.wire.admin.AdminListCopies1Args;
import ferry.wire.admin.AdminListCopies1Res;
import ferry.wire.xdr.Opaque;
import ferry.wire.xdr.XdrException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Answers the calls of {@code wire/src/main/xdr/admin/admin.x} for one server. */
final class AdminProgram implements RpcHandler {
  private static final System.Logger LOG = System.getLogger("ferry.admin");

  static final int PROGRAM = (int) Admin.ADMIN_PROGRAM;
  static final int VERSION = (int) Admin.ADMIN_VERSION;
  static final int NULL = (int) Admin.ADMIN_NULL;
  static final int LIST_COPIES = (int) Admin.ADMIN_LIST_COPIES;
  static final int CANCEL_COPY = (int) Admin.ADMIN_CANCEL_COPY;

  private final CopyDirectory copies;

  AdminProgram(CopyDirectory copies) {
    this.copies = copies;
  }

  @Override
  public void handle(RpcCall call) {
    if (call.program() != PROGRAM) {
      call.reject(RpcReject.PROG_UNAVAIL);
    } else if (call.version() != VERSION) {
      call.reject(new RpcReject.ProgMismatch(VERSION, VERSION));
    } else {
      try {
        procedure(call);
      } catch (XdrException garbage) {
        call.reject(RpcReject.GARBAGE_ARGS);
      }
    }
  }

  private void procedure(RpcCall call) throws XdrException {
    switch (call.procedure()) {
      case NULL -> {
        call.arguments().expectEnd();
        call.reply(out -> {});
      }
      case LIST_COPIES -> {
        AdminListCopies1Args args = AdminListCopies1Args.decode(call.arguments());
        call.arguments().expectEnd();
        AdminListCopies1Res page = page(args.afterId());
        call.reply(page::encode);
      }
      case CANCEL_COPY -> {
        AdminCancelCopy1Args args = AdminCancelCopy1Args.decode(call.arguments());
        call.arguments().expectEnd();
        cancel(call, args.id());
      }
      default -> call.reject(RpcReject.PROC_UNAVAIL);
    }
  }

  private AdminListCopies1Res page(long afterId) {
    int most = (int) Admin.ADMIN_COPIES_PER_PAGE_MAX;
    List<CopyStatus> rest =
        copies.copies().stream()
            .filter(copy -> Long.compareUnsigned(copy.id(), afterId) > 0)
            .sorted(Comparator.comparing(CopyStatus::id, Long::compareUnsigned))
            .limit(most + 1L)
            .toList();
    return new AdminListCopies1Res(
        rest.stream().limit(most).map(AdminProgram::onWire).toList(), rest.size() > most);
  }

  private void cancel(RpcCall call, long id) {
    var _ =
        copies
            .cancel(id)
            .whenComplete((found, failure) -> {
              if (failure == null) {
                call.reply(new AdminCancelCopy1Res(found)::encode);
              } else {
                LOG.log(System.Logger.Level.ERROR, "copy " + id + " could not be ended", failure);
                call.reject(RpcReject.SYSTEM_ERR);
              }
            });
  }

  private static AdminCopy onWire(CopyStatus copy) {
    return new AdminCopy(
        copy.id(),
        text(copy.client()),
        text(copy.source()),
        text(copy.destination()),
        copy.copiedBytes(),
        copy.totalBytes(),
        copy.age().toNanos(),
        switch (copy.state()) {
          case QUEUED -> AdminCopyState.ADMIN_COPY_QUEUED;
          case RUNNING -> AdminCopyState.ADMIN_COPY_RUNNING;
          case FINISHING -> AdminCopyState.ADMIN_COPY_FINISHING;
        });
  }

  /** As much of a text as there is room for, and no half character. */
  private static Opaque text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, (int) Admin.ADMIN_TEXT_BYTES_MAX);
    while (length < bytes.length && length > 0 && (bytes[length] & 0xc0) == 0x80) {
      length--;
    }
    return Opaque.of(Arrays.copyOf(bytes, length));
  }
}
