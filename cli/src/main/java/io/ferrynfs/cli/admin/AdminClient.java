package io.ferrynfs.cli.admin;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcReply;
import io.ferrynfs.rpc.RpcRequest;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.ClientHoldings;
import io.ferrynfs.server.ClientStatus;
import io.ferrynfs.server.CopyStatus;
import io.ferrynfs.wire.admin.AdminCancelCopy1Args;
import io.ferrynfs.wire.admin.AdminCancelCopy1Res;
import io.ferrynfs.wire.admin.AdminCopy;
import io.ferrynfs.wire.admin.AdminExpireClient1Args;
import io.ferrynfs.wire.admin.AdminExpireClient1Res;
import io.ferrynfs.wire.admin.AdminExport;
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
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** A client of the administration program of one server. Its methods block. */
public final class AdminClient implements AutoCloseable {
  /** A server that lists more copies is broken. */
  static final int COPIES_MAX = 100_000;

  /** A server that lists more clients is broken. */
  static final int CLIENTS_MAX = 100_000;

  /** A server that lists more exports is broken. */
  static final int EXPORTS_MAX = 100_000;

  private static final Duration CONNECT_TIME_MAX = Duration.ofSeconds(3);

  /** Cancelling a copy waits for its pending writes. */
  private static final Duration CALL_TIME_MAX = Duration.ofSeconds(30);

  private final RpcConnection connection;

  private AdminClient(RpcConnection connection) {
    this.connection = connection;
  }

  /**
   * Connects to a socket.
   *
   * @throws RpcException if the connection fails
   */
  static AdminClient connect(Env env, Path socket) throws IOException {
    return new AdminClient(
        await(
            RpcConnection.connect(
                env,
                UnixDomainSocketAddress.of(socket),
                ConnectOptions.within(CONNECT_TIME_MAX),
                RpcLimits.DEFAULT.toBuilder().callTimeMax(CALL_TIME_MAX).build(),
                RpcHandler.NO_PROGRAMS)));
  }

  /** Returns the copies that have not completed, oldest first. */
  public List<CopyStatus> copies() throws IOException {
    List<CopyStatus> copies = new ArrayList<>();
    long last = 0;
    AdminListCopies1Res page;
    do {
      AdminListCopies1Args args = new AdminListCopies1Args(last);
      page = call(AdminProgram.LIST_COPIES, args::encode, AdminListCopies1Res::decode);
      for (AdminCopy copy : page.copies()) {
        if (Long.compareUnsigned(copy.id(), last) <= 0 || copies.size() == COPIES_MAX) {
          throw new IOException("the server's list of copies does not end");
        }
        last = copy.id();
        copies.add(status(copy));
      }
    } while (page.more() && !page.copies().isEmpty());
    return copies;
  }

  /**
   * Cancels a copy. Its client receives the number of bytes copied.
   *
   * @return whether the copy existed
   */
  public boolean cancel(long id) throws IOException {
    AdminCancelCopy1Args args = new AdminCancelCopy1Args(id);
    return call(AdminProgram.CANCEL_COPY, args::encode, AdminCancelCopy1Res::decode).found();
  }

  /** Returns the clients in the order of their clientids. */
  public List<ClientStatus> clients() throws IOException {
    List<ClientStatus> clients = new ArrayList<>();
    long last = 0;
    AdminListClients1Res page;
    do {
      AdminListClients1Args args = new AdminListClients1Args(last);
      page = call(AdminProgram.LIST_CLIENTS, args::encode, AdminListClients1Res::decode);
      for (AdminNfsClient client : page.clients()) {
        if (Long.compareUnsigned(client.id(), last) <= 0 || clients.size() == CLIENTS_MAX) {
          throw new IOException("the server's list of clients does not end");
        }
        last = client.id();
        clients.add(status(client));
      }
    } while (page.more() && !page.clients().isEmpty());
    return clients;
  }

  /**
   * Expires a client.
   *
   * @return whether the client existed
   */
  public boolean expire(long clientid) throws IOException {
    AdminExpireClient1Args args = new AdminExpireClient1Args(clientid);
    return call(AdminProgram.EXPIRE_CLIENT, args::encode, AdminExpireClient1Res::decode).found();
  }

  /** Returns the exports and their rules. */
  public List<ExportStatus> exports() throws IOException {
    List<ExportStatus> exports = new ArrayList<>();
    AdminListExports1Res page;
    do {
      AdminListExports1Args args = new AdminListExports1Args(exports.size());
      page = call(AdminProgram.LIST_EXPORTS, args::encode, AdminListExports1Res::decode);
      if (exports.size() + page.exports().size() > EXPORTS_MAX) {
        throw new IOException("the server's list of exports does not end");
      }
      page.exports().forEach(export -> exports.add(status(export)));
    } while (page.more() && !page.exports().isEmpty());
    return exports;
  }

  /**
   * Returns the problems of exports by pseudo-path.
   *
   * @return empty if the server is too old to report problems
   */
  public Optional<Map<String, ExportProblem>> exportProblems() throws IOException {
    Map<String, ExportProblem> problems = new HashMap<>();
    AdminListProblems1Res page;
    int count = 0;
    do {
      AdminListProblems1Args args = new AdminListProblems1Args(count);
      try {
        page = call(AdminProgram.LIST_PROBLEMS, args::encode, AdminListProblems1Res::decode);
      } catch (RpcException e) {
        if (e.kind() == RpcException.Kind.PROC_UNAVAIL) {
          return Optional.empty();
        }
        throw e;
      }
      count += page.problems().size();
      if (count > EXPORTS_MAX) {
        throw new IOException("the server's list of problems does not end");
      }
      page.problems()
          .forEach(one ->
              problems.put(
                  one.pseudoPath().utf8(),
                  new ExportProblem(one.state().utf8(), one.text().utf8())));
    } while (page.more() && !page.problems().isEmpty());
    return Optional.of(problems);
  }

  /**
   * Returns the server's counters since its start, by the names of {@link Counters}.
   *
   * @return empty if the server is too old to count
   */
  public Optional<SortedMap<String, Long>> counters() throws IOException {
    SortedMap<String, Long> counters = new TreeMap<>();
    try {
      call(AdminProgram.LIST_COUNTERS, out -> {}, AdminListCounters1Res::decode)
          .counters()
          .forEach(one -> counters.put(one.name().utf8(), one.value()));
    } catch (RpcException e) {
      if (e.kind() == RpcException.Kind.PROC_UNAVAIL) {
        return Optional.empty();
      }
      throw e;
    }
    return Optional.of(counters);
  }

  /** Makes the server read the exports of its configuration file again. */
  public ReloadReport reloadExports() throws IOException {
    AdminReloadExports1Res report =
        call(AdminProgram.RELOAD_EXPORTS, out -> {}, AdminReloadExports1Res::decode);
    return new ReloadReport(report.done(), report.report().utf8().lines().toList());
  }

  /** Decodes the results of a procedure. */
  private interface Decoder<T> {
    T decode(XdrReader in) throws XdrException;
  }

  private <T> T call(int procedure, Consumer<XdrWriter> arguments, Decoder<T> results)
      throws IOException {
    RpcRequest request =
        RpcRequest.of(
            AdminProgram.PROGRAM, AdminProgram.VERSION, procedure, Credential.none(), arguments);
    try (RpcReply reply = await(connection.call(request))) {
      T value = results.decode(reply.results());
      reply.results().expectEnd();
      return value;
    } catch (XdrException e) {
      throw new RpcException(RpcException.Kind.BAD_RESULTS, String.valueOf(e.getMessage()), e);
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RpcException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private static CopyStatus status(AdminCopy copy) {
    return new CopyStatus(
        copy.id(),
        copy.client().utf8(),
        copy.source().utf8(),
        copy.destination().utf8(),
        copy.copiedBytes(),
        copy.totalBytes(),
        Duration.ofNanos(copy.ageNanos()),
        switch (copy.state()) {
          case ADMIN_COPY_QUEUED -> CopyStatus.State.QUEUED;
          case ADMIN_COPY_RUNNING -> CopyStatus.State.RUNNING;
          case ADMIN_COPY_FINISHING -> CopyStatus.State.FINISHING;
        });
  }

  private static ClientStatus status(AdminNfsClient client) {
    return new ClientStatus(
        client.id(),
        client.name().utf8(),
        client.address().utf8(),
        switch (client.state()) {
          case ADMIN_CLIENT_UNCONFIRMED -> ClientStatus.State.UNCONFIRMED;
          case ADMIN_CLIENT_ACTIVE -> ClientStatus.State.ACTIVE;
          case ADMIN_CLIENT_COURTESY -> ClientStatus.State.COURTESY;
        },
        Duration.ofNanos(client.silentNanos()),
        (int) client.sessions(),
        new ClientHoldings(
            (int) client.opens(),
            (int) client.locks(),
            (int) client.delegations(),
            (int) client.copies()));
  }

  private static ExportStatus status(AdminExport export) {
    return new ExportStatus(
        export.pseudoPath().utf8(),
        export.path().utf8(),
        words(export.networks()),
        export.readOnly(),
        export.squash().utf8(),
        export.anonymousUid(),
        export.anonymousGid(),
        words(export.security()));
  }

  private static List<String> words(Opaque text) {
    return Arrays.stream(text.utf8().split(" ", -1)).filter(word -> !word.isEmpty()).toList();
  }

  @Override
  public void close() {
    connection.close();
  }
}
