package io.ferrynfs.server.session;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.ChannelDirFromClient4;
import io.ferrynfs.wire.nfs4.ChannelDirFromServer4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sequence4Resok;
import io.ferrynfs.wire.nfs4.Sessionid4;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A session (RFC 8881 section 2.10): the slots of its fore channel, its connections, its
 * backchannel.
 */
public final class Session {
  private final Sessionid4 id;
  private final Client client;
  private final ForeChannel fore;
  private final Slot[] slots;
  private final int connectionsMax;
  private final BackChannel backChannel;
  private final Connections registry;

  /** Few, asked for at each request and seldom changed. Oldest first. */
  private final List<RpcConnection> connections = new CopyOnWriteArrayList<>();

  Session(
      Sessionid4 id,
      Client client,
      ForeChannel fore,
      BackChannel backChannel,
      Connections registry,
      int connectionsMax) {
    this.id = id;
    this.client = client;
    this.fore = fore;
    this.backChannel = backChannel;
    this.registry = registry;
    this.connectionsMax = connectionsMax;
    slots = new Slot[Math.toIntExact(fore.attrs().maxrequests())];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot();
    }
  }

  /** The session's name. */
  public Sessionid4 id() {
    return id;
  }

  /** Whose session it is. */
  public Client client() {
    return client;
  }

  /** What was agreed for the fore channel. */
  public ChannelAttrs4 fore() {
    return fore.attrs();
  }

  /** The same with what it takes of the reply cache. */
  ForeChannel foreChannel() {
    return fore;
  }

  /** The channel that callbacks take. */
  public BackChannel backChannel() {
    return backChannel;
  }

  int slotCount() {
    return slots.length;
  }

  /** SEQUENCE (RFC 8881 section 18.46.3). When it refuses, nothing has changed. */
  SequenceOutcome begin(SequenceRequest request) {
    Sequence4Args args = request.args();
    Nfsstat4 refusal = check(request);
    if (refusal != null) {
      return new SequenceOutcome.Refuse(refusal);
    }
    Slot slot = slots[(int) args.slotid()];
    return switch (slot.begin(args.sequenceid(), request.fingerprint())) {
      case NEW -> execute(request, slot);
      case REPLAY -> replay(args, slot);
      case UNCACHED -> uncached(args);
      case BUSY -> new SequenceOutcome.Refuse(Nfsstat4.NFS4ERR_DELAY);
      case FALSE_RETRY -> new SequenceOutcome.Refuse(Nfsstat4.NFS4ERR_SEQ_FALSE_RETRY);
      case MISORDERED -> new SequenceOutcome.Refuse(Nfsstat4.NFS4ERR_SEQ_MISORDERED);
    };
  }

  private @Nullable Nfsstat4 check(SequenceRequest request) {
    Sequence4Args args = request.args();
    if (args.slotid() >= slots.length) {
      return Nfsstat4.NFS4ERR_BADSLOT;
    }
    if (args.highestSlotid() >= slots.length) {
      return Nfsstat4.NFS4ERR_BAD_HIGH_SLOT;
    }
    if (request.operations() > fore.attrs().maxoperations()) {
      return Nfsstat4.NFS4ERR_TOO_MANY_OPS;
    }
    if (request.requestBytes() > fore.attrs().maxrequestsize()) {
      return Nfsstat4.NFS4ERR_REQ_TOO_BIG;
    }
    return null;
  }

  private SequenceOutcome execute(SequenceRequest request, Slot slot) {
    // Without state protection the first SEQUENCE on a connection associates it (18.34.3).
    bindFore(request.connection());
    client.enter();
    return new SequenceOutcome.Execute(
        new SlotTicket(this, slot, request.args().cachethis()), result(request.args()));
  }

  /**
   * A client that repeats itself is alive (RFC 8881 section 8.3: each SEQUENCE that succeeds
   * renews).
   */
  private SequenceOutcome replay(Sequence4Args args, Slot slot) {
    byte[] reply = slot.reply(args.sequenceid());
    if (reply == null) {
      return new SequenceOutcome.Refuse(Nfsstat4.NFS4ERR_SEQ_MISORDERED);
    }
    client.renew();
    return new SequenceOutcome.Replay(reply);
  }

  private SequenceOutcome uncached(Sequence4Args args) {
    client.renew();
    return new SequenceOutcome.Uncached(result(args));
  }

  private Sequence4Resok result(Sequence4Args args) {
    long highest = slots.length - 1L;
    return new Sequence4Resok(
        id, args.sequenceid(), args.slotid(), highest, highest, statusFlags());
  }

  private long statusFlags() {
    long flags = client.revokedFlags();
    if (backChannel.isDown()) {
      flags |= Nfs4.SEQ4_STATUS_CB_PATH_DOWN_SESSION;
      if (client.callbacks().isDown()) {
        flags |= Nfs4.SEQ4_STATUS_CB_PATH_DOWN;
      }
    }
    if (backChannel.isFaulty()) {
      flags |= Nfs4.SEQ4_STATUS_BACKCHANNEL_FAULT;
    }
    if (client.needsReclaim()) {
      flags |= Nfs4.SEQ4_STATUS_RESTART_RECLAIM_NEEDED;
    }
    return flags;
  }

  /** Associates a connection with the fore channel; at the limit the oldest one goes. */
  void bindFore(RpcConnection connection) {
    if (connections.contains(connection)) {
      return;
    }
    synchronized (connections) {
      if (!connections.contains(connection)) {
        if (connections.size() >= connectionsMax) {
          connections.removeFirst();
        }
        connections.add(connection);
        registry.bound(connection, this);
        client.setAddress(connection.peerAddress());
      }
    }
    unbindIfClosed(connection);
  }

  /** A call that moved to another thread may bind its connection after the end of that. */
  private void unbindIfClosed(RpcConnection connection) {
    if (!connection.isOpen()) {
      registry.closed(connection);
    }
  }

  /** Associates a connection with the backchannel. */
  void bindBack(RpcConnection connection) {
    backChannel.addPath(connection);
    registry.bound(connection, this);
    unbindIfClosed(connection);
    client.callbacks().pathAdded();
  }

  /**
   * BIND_CONN_TO_SESSION.
   *
   * @throws NfsStatusException NFS4ERR_INVAL when the connection would have to leave a channel
   *     (18.34.3)
   */
  ChannelDirFromServer4 bind(ChannelDirFromClient4 wanted, RpcConnection connection)
      throws NfsStatusException {
    boolean leavesBack =
        wanted == ChannelDirFromClient4.CDFC4_FORE && backChannel.hasPath(connection);
    boolean leavesFore =
        wanted == ChannelDirFromClient4.CDFC4_BACK && connections.contains(connection);
    if (leavesBack || leavesFore) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    return switch (wanted) {
      case CDFC4_FORE -> {
        bindFore(connection);
        yield ChannelDirFromServer4.CDFS4_FORE;
      }
      case CDFC4_BACK -> {
        bindBack(connection);
        yield ChannelDirFromServer4.CDFS4_BACK;
      }
      case CDFC4_FORE_OR_BOTH, CDFC4_BACK_OR_BOTH -> {
        bindFore(connection);
        bindBack(connection);
        yield ChannelDirFromServer4.CDFS4_BOTH;
      }
    };
  }

  /** True when the connection is associated with either channel. */
  boolean isBound(RpcConnection connection) {
    return connections.contains(connection) || backChannel.hasPath(connection);
  }

  /** True when some connection is associated. */
  boolean hasConnections() {
    return !connections.isEmpty() || !backChannel.isDown();
  }

  /** The connection has ended. */
  void unbind(RpcConnection connection) {
    connections.remove(connection);
    backChannel.removePath(connection);
  }

  /**
   * The requests of this session that are executing, each by what completes when it has ended.
   *
   * @param own the request that asks, which is not one of them
   */
  List<CompletableFuture<Void>> executing(@Nullable SlotId own) {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (int i = 0; i < slots.length; i++) {
      if (own == null || own.slot() != i || !own.session().equals(id)) {
        slots[i].end().ifPresent(ends::add);
      }
    }
    return ends;
  }
}
