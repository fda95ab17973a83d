package io.ferrynfs.server.operation;

import io.ferrynfs.server.export.ExportNamespace;
import io.ferrynfs.server.export.Exports;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.session.Client;
import io.ferrynfs.server.session.Session;
import io.ferrynfs.server.session.SlotId;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReferringCall4;
import io.ferrynfs.wire.nfs4.ReferringCallList4;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one COMPOUND carries from operation to operation: current and saved filehandle with their
 * stateids (RFC 8881 section 16.2.3.1), the session it runs in and who asks. Used by one thread at
 * a time.
 */
public final class CompoundContext {
  private final Services services;
  private final RequestInfo request;
  private final ReplyRoom room;
  private final LookAhead ahead;
  private final Exports.Use use;
  private final ExportNamespace exports;
  private @Nullable Session session;
  private @Nullable Sequence4Args place;
  private boolean lastOperation;
  private @Nullable Placed current;
  private @Nullable Placed saved;
  private Stateid4 currentStateid = Stateids.ANONYMOUS;
  private Stateid4 savedStateid = Stateids.ANONYMOUS;

  /** The current or the saved filehandle: one of this server, or another's that COPY is to use. */
  private sealed interface Placed {
    record Own(FileRef file) implements Placed {}

    record Foreign(NfsFh4 wire) implements Placed {}
  }

  /** A COMPOUND before its first operation. */
  public CompoundContext(Services services, RequestInfo request, ReplyRoom room, LookAhead ahead) {
    this.services = services;
    this.request = request;
    this.room = room;
    this.ahead = ahead;
    this.use = services.exports().enter();
    this.exports = use.table().seenFrom(request.connection().peerAddress());
  }

  /** Nothing of the COMPOUND executes any more. Saying so again does nothing. */
  public void end() {
    use.leave();
  }

  /**
   * For a file that the reply is sent from, when nothing executes any more: its export is not said
   * to be unused before.
   *
   * @param released what is done then
   * @return what is to be run then, once
   */
  Runnable whenSent(Runnable released) {
    return use.outlivedBy(released);
  }

  /** Everything of the server that operations share. */
  public Services services() {
    return services;
  }

  /** The name space as the peer of this request sees it, the same to its end. */
  public ExportNamespace exports() {
    return exports;
  }

  /** Minor version, principal and connection of the request. */
  public RequestInfo request() {
    return request;
  }

  /**
   * How many more bytes the results of this and later operations may take (RFC 8881 section
   * 2.10.6.4). READ, READDIR and their like cut their data to this.
   */
  public int replyRoom() {
    return room.bytesLeft();
  }

  /**
   * The session of the SEQUENCE that began the COMPOUND.
   *
   * @throws NfsStatusException with NFS4ERR_OP_NOT_IN_SESSION when there was none
   */
  public Session session() throws NfsStatusException {
    if (session == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_OP_NOT_IN_SESSION);
    }
    return session;
  }

  /** The session, or null in a COMPOUND of one operation that needs none. */
  public @Nullable Session sessionIfAny() {
    return session;
  }

  /** The slot that it runs in, or null in a COMPOUND of one operation that needs none. */
  public @Nullable SlotId slotIfAny() {
    return place == null ? null : new SlotId(place.sessionid(), place.slotid());
  }

  /** Whether no operation follows the one that executes. */
  public boolean isLastOperation() {
    return lastOperation;
  }

  /** Says whether the operation that executes next is the last of the COMPOUND. */
  public void setLastOperation(boolean last) {
    lastOperation = last;
  }

  /** The client of {@link #session()}. */
  public Client client() throws NfsStatusException {
    return session().client();
  }

  /**
   * For what may conflict with state that clients have not reclaimed yet after a restart of the
   * server (RFC 8881 section 8.4.2.1).
   *
   * @throws NfsStatusException with NFS4ERR_GRACE
   */
  public void checkNotInGrace() throws NfsStatusException {
    services.clients().recovery().checkNotInGrace();
  }

  /** SEQUENCE succeeded. */
  public void enter(Session entered, Sequence4Args at) {
    session = entered;
    place = at;
  }

  /**
   * This request, for a callback to refer to (RFC 8881 section 2.10.6.3).
   *
   * @throws NfsStatusException with NFS4ERR_OP_NOT_IN_SESSION when it is in no session
   */
  public ReferringCallList4 reference() throws NfsStatusException {
    if (place == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_OP_NOT_IN_SESSION);
    }
    return new ReferringCallList4(
        place.sessionid(), List.of(new ReferringCall4(place.sequenceid(), place.slotid())));
  }

  /**
   * Who asks, as the export of the current filehandle sees them (after squashing).
   *
   * @throws NfsStatusException with NFS4ERR_NOFILEHANDLE when there is no current filehandle
   */
  public Caller caller() throws NfsStatusException {
    return current().export().callerFor(request.principal());
  }

  /**
   * The current filehandle.
   *
   * @throws NfsStatusException with NFS4ERR_NOFILEHANDLE when there is none; NFS4ERR_STALE for
   *     another server's
   */
  public FileRef current() throws NfsStatusException {
    return own(there(current));
  }

  /**
   * The saved filehandle.
   *
   * @throws NfsStatusException with NFS4ERR_NOFILEHANDLE when there is none; NFS4ERR_STALE for
   *     another server's
   */
  public FileRef saved() throws NfsStatusException {
    return own(there(saved));
  }

  /**
   * The saved filehandle as the client gave it, whichever server it is of.
   *
   * @throws NfsStatusException with NFS4ERR_NOFILEHANDLE when there is none
   */
  public NfsFh4 savedWire() throws NfsStatusException {
    return switch (there(saved)) {
      case Placed.Own(FileRef file) -> file.wire();
      case Placed.Foreign(NfsFh4 wire) -> wire;
    };
  }

  private static Placed there(@Nullable Placed placed) throws NfsStatusException {
    if (placed == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOFILEHANDLE);
    }
    return placed;
  }

  private static FileRef own(Placed placed) throws NfsStatusException {
    return switch (placed) {
      case Placed.Own(FileRef file) -> file;
      case Placed.Foreign _ -> throw new NfsStatusException(Nfsstat4.NFS4ERR_STALE);
    };
  }

  /** Whether the filehandle of this PUTFH is the source of a copy from another server. */
  public boolean isForCopyBetweenServers() {
    return services.sources().isEnabled() && ahead.isForCopyBetweenServers();
  }

  /**
   * Whether the caller says who he is as the file's export wants it (RFC 8881 section 2.6.3.1).
   *
   * @throws NfsStatusException NFS4ERR_WRONGSEC
   */
  public void checkFlavor(FileRef file) throws NfsStatusException {
    if (!file.export().takes(request.principal())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_WRONGSEC);
    }
  }

  /**
   * {@link #checkFlavor} for what PUTFH and its like put in place, except where an operation
   * follows that crosses to another object, asks for the flavors, or puts something else in place:
   * those check by themselves (RFC 8881 section 2.6.3.1.1.2 to 2.6.3.1.1.6). With nothing behind
   * it, it makes no difference who he is (2.6.3.1.1.7).
   */
  private void checkPut(FileRef file) throws NfsStatusException {
    boolean later =
        switch (ahead.nextOperation()) {
          case null -> true;
          case OP_LOOKUP,
              OP_LOOKUPP,
              OP_OPEN,
              OP_SECINFO,
              OP_SECINFO_NO_NAME,
              OP_SAVEFH,
              OP_PUTFH,
              OP_PUTROOTFH,
              OP_PUTPUBFH,
              OP_RESTOREFH ->
              true;
          default -> false;
        };
    if (!later) {
      checkFlavor(file);
    }
  }

  /** PUTFH and its like: as {@link #setCurrent}, for a caller who may not have come this way. */
  public void put(FileRef file) throws NfsStatusException {
    checkPut(file);
    setCurrent(file);
  }

  /** Replaces the current filehandle by another server's, which only COPY may use. */
  public void setForeign(NfsFh4 wire) {
    current = new Placed.Foreign(wire);
    currentStateid = Stateids.ANONYMOUS;
  }

  /** Replaces the current filehandle; the current stateid becomes the anonymous one. */
  public void setCurrent(FileRef file) {
    current = new Placed.Own(file);
    currentStateid = Stateids.ANONYMOUS;
  }

  /** SECINFO: there is no current filehandle any more. */
  public void consumeCurrent() {
    current = null;
    currentStateid = Stateids.ANONYMOUS;
  }

  /** OPEN, LOCK and their like made this the current stateid. */
  public void setCurrentStateid(Stateid4 stateid) {
    currentStateid = stateid;
  }

  /** SAVEFH: filehandle and stateid together. */
  public void save() throws NfsStatusException {
    saved = there(current);
    savedStateid = currentStateid;
  }

  /** RESTOREFH: filehandle and stateid together; NFS4ERR_NOFILEHANDLE when nothing was saved. */
  public void restore() throws NfsStatusException {
    Placed restored = there(saved);
    if (restored instanceof Placed.Own(FileRef file)) {
      checkPut(file);
    }
    current = restored;
    currentStateid = savedStateid;
  }

  /**
   * What a stateid argument means for the current filehandle: itself, or the current stateid when
   * it is the special form (RFC 8881 section 8.2.3).
   *
   * @throws NfsStatusException with NFS4ERR_BAD_STATEID when the current stateid is asked for and
   *     there is none
   */
  public Stateid4 resolve(Stateid4 argument) throws NfsStatusException {
    return argument.equals(Stateids.CURRENT) ? real(currentStateid) : argument;
  }

  /** The same for the saved filehandle, which is the source of COPY and CLONE. */
  public Stateid4 resolveSaved(Stateid4 argument) throws NfsStatusException {
    return argument.equals(Stateids.CURRENT) ? real(savedStateid) : argument;
  }

  private static Stateid4 real(Stateid4 held) throws NfsStatusException {
    if (Stateids.isSpecial(held)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    return held;
  }
}
