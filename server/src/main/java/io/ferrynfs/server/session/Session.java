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

  /** The associated connections, oldest first. Every request reads them; changes are rare. */
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

  /** Returns the sessionid. */
  public Sessionid4 id() {
    return id;
  }

  /** Returns the client of the session. */
  public Client client() {
    return client;
  }

  /** Returns the negotiated attributes of the fore channel. */
  public ChannelAttrs4 fore() {
    return fore.attrs();
  }

  /** Returns the fore channel with its reply cache. */
  ForeChannel foreChannel() {
    return fore;
  }

  /** Returns the backchannel. */
  public BackChannel backChannel() {
    return backChannel;
  }

  int slotCount() {
    return slots.length;
  }

  /** Executes SEQUENCE (RFC 8881 section 18.46.3). A failure changes nothing. */
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
    // Without state protection the first SEQUENCE on a connection associates it (RFC 8881 section
    // 18.34.3).
    bindFore(request.connection());
    client.enter();
    return new SequenceOutcome.Execute(
        new SlotTicket(this, slot, request.args().cachethis()), result(request.args()));
  }

  /**
   * Returns the cached reply and renews the lease, like every SEQUENCE that succeeds (RFC 8881
   * section 8.3).
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

  /** Associates a connection with the fore channel. At the limit it replaces the oldest one. */
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

  /** Reverts the association of a closed connection. A call on another thread may bind it late. */
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
   * Executes BIND_CONN_TO_SESSION.
   *
   * @throws NfsStatusException NFS4ERR_INVAL if the connection would leave a channel (RFC 8881
   *     section 18.34.3)
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

  /** Returns whether the connection is associated with either channel. */
  boolean isBound(RpcConnection connection) {
    return connections.contains(connection) || backChannel.hasPath(connection);
  }

  /** Returns whether any connection is associated. */
  boolean hasConnections() {
    return !connections.isEmpty() || !backChannel.isDown();
  }

  /** Dissociates a closed connection. */
  void unbind(RpcConnection connection) {
    connections.remove(connection);
    backChannel.removePath(connection);
  }

  /**
   * Returns the ends of the requests of this session that execute.
   *
   * @param own the slot of the calling request, which is left out
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
