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
 * The backchannel of one session: its slots and its connections. The monitor of the client's {@link
 * CallbackQueue} guards the slots. The connections need no lock.
 */
public final class BackChannel {
  /** The limit of concurrent callbacks; more would not be faster. */
  private static final int SLOTS_MAX = 16;

  private final Sessionid4 sessionid;
  private final ChannelAttrs4 attrs;
  private final int minorVersion;
  private final List<RpcConnection> paths = new CopyOnWriteArrayList<>();
  private final BackSlot[] slots;
  private volatile Target target;
  private volatile boolean wanted;
  private volatile boolean faulty;

  /** The program and credential of callbacks, from CREATE_SESSION or BACKCHANNEL_CTL. */
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
   * Returns the first credential that this server supports in callbacks.
   *
   * @return null if all are of RPCSEC_GSS
   */
  static @Nullable Credential usable(List<CallbackSecParms4> offered) {
    for (CallbackSecParms4 parms : offered) {
      switch (parms) {
        case CallbackSecParms4.AuthNone none -> {
          return Credential.none();
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

  /** Returns the negotiated attributes. */
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
   * Changes the program and credential (BACKCHANNEL_CTL).
   *
   * @throws NfsStatusException NFS4ERR_NOENT if all credentials are unknown GSS contexts
   */
  public void retarget(long program, List<CallbackSecParms4> offered) throws NfsStatusException {
    Credential credential = usable(offered);
    if (credential == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOENT);
    }
    target = new Target((int) program, credential);
  }

  /** Adds a connection for callbacks. */
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

  /** Returns the connection to use: the one bound last, because older ones are more likely dead. */
  @Nullable RpcConnection path() {
    for (RpcConnection path : paths.reversed()) {
      if (path.isOpen()) {
        return path;
      }
    }
    return null;
  }

  /** Returns whether the client requested a backchannel and has no connection for it. */
  public boolean isDown() {
    return wanted && path() == null;
  }

  boolean isWanted() {
    return wanted;
  }

  /**
   * Marks the channel faulty: client and server disagree about slots, so a new session is needed.
   */
  void fault() {
    faulty = true;
  }

  /** Returns whether the channel is faulty. */
  public boolean isFaulty() {
    return faulty;
  }

  /** Returns a free slot; null if all slots are busy or retired. */
  @Nullable BackSlot freeSlot() {
    for (BackSlot slot : slots) {
      if (slot.isFree()) {
        return slot;
      }
    }
    return null;
  }

  /** Returns the highest slot with a callback in flight. */
  int highestBusySlot() {
    int highest = 0;
    for (BackSlot slot : slots) {
      if (slot.isBusy()) {
        highest = slot.index();
      }
    }
    return highest;
  }

  /** Returns the number of callbacks in flight. */
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
