package io.ferrynfs.server.session;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.CallbackSecParms4;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The backchannel of one session: its slots and the connections that callbacks may take. Paths come
 * and go by themselves; the slots are guarded by the monitor of the client's {@link CallbackQueue}.
 */
public final class BackChannel {
  /** More callbacks than this at once help nobody. */
  private static final int SLOTS_MAX = 16;

  private final Sessionid4 sessionid;
  private final ChannelAttrs4 attrs;
  private final int minorVersion;
  private final List<RpcConnection> paths = new CopyOnWriteArrayList<>();
  private final BackSlot[] slots;
  private volatile Target target;
  private volatile boolean wanted;
  private volatile boolean faulty;

  /** Where callbacks go, as CREATE_SESSION or BACKCHANNEL_CTL said. */
  record Target(int program, Credential credential) {}

  BackChannel(Sessionid4 sessionid, ChannelAttrs4 attrs, int minorVersion, Target target) {
    this.sessionid = sessionid;
    this.attrs = attrs;
    this.minorVersion = minorVersion;
    this.target = target;
    slots = new BackSlot[(int) Math.min(attrs.maxrequests(), SLOTS_MAX)];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new BackSlot(i);
    }
  }

  /**
   * The first of the credentials that we can use in callbacks.
   *
   * @return null when all are of RPCSEC_GSS
   */
  static @Nullable Credential usable(List<CallbackSecParms4> offered) {
    for (CallbackSecParms4 parms : offered) {
      switch (parms) {
        case CallbackSecParms4.AuthNone none -> {
          return Credential.NONE;
        }
        case CallbackSecParms4.AuthSys sys -> {
          var cred = sys.sysCred();
          return new Credential.Sys(
              cred.stamp(), cred.machinename(), cred.uid(), cred.gid(), cred.gids());
        }
        case CallbackSecParms4.RpcsecGss gss -> {}
      }
    }
    return null;
  }

  Sessionid4 sessionid() {
    return sessionid;
  }

  /** What was agreed for the channel. */
  public ChannelAttrs4 attrs() {
    return attrs;
  }

  int minorVersion() {
    return minorVersion;
  }

  Target target() {
    return target;
  }

  /**
   * BACKCHANNEL_CTL.
   *
   * @throws NfsStatusException NFS4ERR_NOENT when all offers are GSS contexts, none of which we
   *     know
   */
  public void retarget(long program, List<CallbackSecParms4> offered) throws NfsStatusException {
    Credential credential = usable(offered);
    if (credential == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOENT);
    }
    target = new Target((int) program, credential);
  }

  /** Callbacks may take this connection. */
  void addPath(RpcConnection connection) {
    wanted = true;
    if (!paths.contains(connection)) {
      paths.add(connection);
    }
  }

  void removePath(RpcConnection connection) {
    paths.remove(connection);
  }

  boolean hasPath(RpcConnection connection) {
    return paths.contains(connection);
  }

  /** The connection to take now: the one bound last, since older ones are more likely dead. */
  @Nullable RpcConnection path() {
    for (RpcConnection path : paths.reversed()) {
      if (path.isOpen()) {
        return path;
      }
    }
    return null;
  }

  /** True when the client wanted a backchannel and has no connection for it now. */
  public boolean isDown() {
    return wanted && path() == null;
  }

  boolean isWanted() {
    return wanted;
  }

  /** The client and we disagree about slots: it must make a new session. */
  void fault() {
    faulty = true;
  }

  /** True after {@link #fault}. */
  public boolean isFaulty() {
    return faulty;
  }

  /** A slot to send a new callback in; null when all are taken or given up. */
  @Nullable BackSlot freeSlot() {
    for (BackSlot slot : slots) {
      if (slot.isFree()) {
        return slot;
      }
    }
    return null;
  }

  /** The highest slot with a callback outstanding. */
  int highestBusySlot() {
    int highest = 0;
    for (BackSlot slot : slots) {
      if (slot.isBusy()) {
        highest = slot.index();
      }
    }
    return highest;
  }

  /** How many callbacks have been sent and not answered. */
  int busySlots() {
    int count = 0;
    for (BackSlot slot : slots) {
      if (slot.isBusy()) {
        count++;
      }
    }
    return count;
  }
}
