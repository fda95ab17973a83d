package io.ferrynfs.cli.admin;

import io.ferrynfs.rpc.RpcCall;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcReject;
import io.ferrynfs.server.ClientDirectory;
import io.ferrynfs.server.ClientStatus;
import io.ferrynfs.server.CopyDirectory;
import io.ferrynfs.server.CopyStatus;
import io.ferrynfs.server.ServerStatistics;
import io.ferrynfs.wire.admin.Admin;
import io.ferrynfs.wire.admin.AdminCancelCopy1Args;
import io.ferrynfs.wire.admin.AdminCancelCopy1Res;
import io.ferrynfs.wire.admin.AdminClientState;
import io.ferrynfs.wire.admin.AdminCopy;
import io.ferrynfs.wire.admin.AdminCopyState;
import io.ferrynfs.wire.admin.AdminCounter;
import io.ferrynfs.wire.admin.AdminExpireClient1Args;
import io.ferrynfs.wire.admin.AdminExpireClient1Res;
import io.ferrynfs.wire.admin.AdminExport;
import io.ferrynfs.wire.admin.AdminExportProblem;
import io.ferrynfs.wire.admin.AdminListClients1Args;
import io.ferrynfs.wire.admin.AdminListClients1Res;
import io.ferrynfs.wire.admin.AdminListCopies1Args;
import io.ferrynfs.wire.admin.AdminListCopies1Res;
import io.ferrynfs.wire.admin.AdminListCounters1Res;
import io.ferrynfs.wire.admin.AdminListExports1Args;
import io.ferrynfs.wire.admin.AdminListExports1Res;
import io.ferrynfs.wire.admin.AdminListProblems1Args;
import io.ferrynfs.wire.admin.AdminListProblems1Res;
import io.ferrynfs.wire.admin.AdminNfsClient;
import io.ferrynfs.wire.admin.AdminReloadExports1Res;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Implements the administration program of {@code wire/src/main/xdr/admin/admin.x} for one server.
 */
final class AdminProgram implements RpcHandler {
  private static final System.Logger LOG = System.getLogger("io.ferrynfs.cli.admin");

  static final int PROGRAM = (int) Admin.ADMIN_PROGRAM;
  static final int VERSION = (int) Admin.ADMIN_VERSION;
  static final int NULL = (int) Admin.ADMIN_NULL;
  static final int LIST_COPIES = (int) Admin.ADMIN_LIST_COPIES;
  static final int CANCEL_COPY = (int) Admin.ADMIN_CANCEL_COPY;
  static final int LIST_CLIENTS = (int) Admin.ADMIN_LIST_CLIENTS;
  static final int EXPIRE_CLIENT = (int) Admin.ADMIN_EXPIRE_CLIENT;
  static final int LIST_EXPORTS = (int) Admin.ADMIN_LIST_EXPORTS;
  static final int RELOAD_EXPORTS = (int) Admin.ADMIN_RELOAD_EXPORTS;
  static final int LIST_PROBLEMS = (int) Admin.ADMIN_LIST_PROBLEMS;
  static final int LIST_COUNTERS = (int) Admin.ADMIN_LIST_COUNTERS;

  private final CopyDirectory copies;
  private final ClientDirectory clients;
  private final ExportDirectory exports;
  private final Supplier<ServerStatistics> statistics;

  AdminProgram(
      CopyDirectory copies,
      ClientDirectory clients,
      ExportDirectory exports,
      Supplier<ServerStatistics> statistics) {
    this.copies = copies;
    this.clients = clients;
    this.exports = exports;
    this.statistics = statistics;
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
        answer(call, copies.cancel(args.id()), found -> new AdminCancelCopy1Res(found)::encode);
      }
      case LIST_CLIENTS -> {
        AdminListClients1Args args = AdminListClients1Args.decode(call.arguments());
        call.arguments().expectEnd();
        AdminListClients1Res page = clientPage(args.afterId());
        call.reply(page::encode);
      }
      case EXPIRE_CLIENT -> {
        AdminExpireClient1Args args = AdminExpireClient1Args.decode(call.arguments());
        call.arguments().expectEnd();
        answer(call, clients.expire(args.id()), found -> new AdminExpireClient1Res(found)::encode);
      }
      case LIST_EXPORTS -> {
        AdminListExports1Args args = AdminListExports1Args.decode(call.arguments());
        call.arguments().expectEnd();
        AdminListExports1Res page = exportPage(args.after());
        call.reply(page::encode);
      }
      case RELOAD_EXPORTS -> {
        call.arguments().expectEnd();
        answer(call, exports.reload(), report -> onWire(report)::encode);
      }
      case LIST_PROBLEMS -> {
        AdminListProblems1Args args = AdminListProblems1Args.decode(call.arguments());
        call.arguments().expectEnd();
        AdminListProblems1Res page = problemPage(args.after());
        call.reply(page::encode);
      }
      case LIST_COUNTERS -> {
        call.arguments().expectEnd();
        AdminListCounters1Res all = counters();
        call.reply(all::encode);
      }
      default -> call.reject(RpcReject.PROC_UNAVAIL);
    }
  }

  private AdminListCopies1Res page(long afterId) {
    int pageMax = (int) Admin.ADMIN_COPIES_PER_PAGE_MAX;
    List<CopyStatus> rest =
        copies.copies().stream()
            .filter(copy -> Long.compareUnsigned(copy.id(), afterId) > 0)
            .sorted(Comparator.comparing(CopyStatus::id, Long::compareUnsigned))
            .limit(pageMax + 1L)
            .toList();
    return new AdminListCopies1Res(
        rest.stream().limit(pageMax).map(AdminProgram::onWire).toList(), rest.size() > pageMax);
  }

  private AdminListClients1Res clientPage(long afterId) {
    int pageMax = (int) Admin.ADMIN_CLIENTS_PER_PAGE_MAX;
    List<ClientStatus> rest =
        clients.clients().stream()
            .filter(client -> Long.compareUnsigned(client.clientid(), afterId) > 0)
            .sorted(Comparator.comparing(ClientStatus::clientid, Long::compareUnsigned))
            .limit(pageMax + 1L)
            .toList();
    return new AdminListClients1Res(
        rest.stream().limit(pageMax).map(AdminProgram::onWire).toList(), rest.size() > pageMax);
  }

  private AdminListExports1Res exportPage(long after) {
    int pageMax = (int) Admin.ADMIN_EXPORTS_PER_PAGE_MAX;
    List<ExportStatus> rest = exports.exports().stream().skip(after).limit(pageMax + 1L).toList();
    return new AdminListExports1Res(
        rest.stream().limit(pageMax).map(AdminProgram::onWire).toList(), rest.size() > pageMax);
  }

  private AdminListProblems1Res problemPage(long after) {
    int pageMax = (int) Admin.ADMIN_EXPORTS_PER_PAGE_MAX;
    List<AdminExportProblem> rest =
        exports.problems().entrySet().stream()
            .skip(after)
            .limit(pageMax + 1L)
            .map(one ->
                new AdminExportProblem(
                    text(one.getKey()), text(one.getValue().state()), text(one.getValue().text())))
            .toList();
    return new AdminListProblems1Res(rest.stream().limit(pageMax).toList(), rest.size() > pageMax);
  }

  private AdminListCounters1Res counters() {
    return new AdminListCounters1Res(
        Counters.of(statistics.get()).entrySet().stream()
            .map(one -> new AdminCounter(text(one.getKey()), one.getValue()))
            .toList());
  }

  /** Replies when an operation has completed. */
  private static <T> void answer(
      RpcCall call, CompletableFuture<T> done, Function<T, Consumer<XdrWriter>> results) {
    var _ =
        done.whenComplete((result, failure) -> {
          if (failure == null) {
            call.reply(results.apply(result));
          } else {
            LOG.log(System.Logger.Level.ERROR, "an administration call failed", failure);
            call.reject(RpcReject.SYSTEM_ERR);
          }
        });
  }

  private static AdminNfsClient onWire(ClientStatus client) {
    return new AdminNfsClient(
        client.clientid(),
        text(client.name()),
        text(client.address()),
        switch (client.state()) {
          case UNCONFIRMED -> AdminClientState.ADMIN_CLIENT_UNCONFIRMED;
          case ACTIVE -> AdminClientState.ADMIN_CLIENT_ACTIVE;
          case COURTESY -> AdminClientState.ADMIN_CLIENT_COURTESY;
        },
        client.silent().toNanos(),
        client.sessions(),
        client.holds().opens(),
        client.holds().locks(),
        client.holds().delegations(),
        client.holds().copies());
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

  private static AdminExport onWire(ExportStatus export) {
    return new AdminExport(
        text(export.pseudoPath()),
        text(export.path()),
        text(String.join(" ", export.networks())),
        export.readOnly(),
        text(export.squash()),
        export.anonymousUid(),
        export.anonymousGid(),
        text(String.join(" ", export.security())));
  }

  private static AdminReloadExports1Res onWire(ReloadReport report) {
    return new AdminReloadExports1Res(
        report.isDone(),
        text(String.join("\n", report.lines()), (int) Admin.ADMIN_REPORT_BYTES_MAX));
  }

  private static Opaque text(String text) {
    return text(text, (int) Admin.ADMIN_TEXT_BYTES_MAX);
  }

  /** Encodes a text, truncated to the limit at the boundary of a character. */
  private static Opaque text(String text, int bytesMax) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, bytesMax);
    while (length < bytes.length && length > 0 && (bytes[length] & 0xc0) == 0x80) {
      length--;
    }
    return Opaque.of(Arrays.copyOf(bytes, length));
  }
}
