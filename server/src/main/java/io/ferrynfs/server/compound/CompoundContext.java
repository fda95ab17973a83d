package io.ferrynfs.server.compound;

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
 * The state that one COMPOUND passes from operation to operation: the current and the saved
 * filehandle with their stateids (RFC 8881 section 16.2.3.1), the session, and the principal. One
 * thread at a time uses it.
 */
public final class CompoundContext {
  private final Services services;
  private final RequestInfo request;
  private final ReplyRoom room;
  private final LookAhead ahead;
  private final Exports.Use use;
  private final ExportNamespace exports;
  private @Nullable Session session;
  private @Nullable Sequence4Args sequence;
  private boolean lastOperation;
  private @Nullable Filehandle current;
  private @Nullable Filehandle saved;
  private Stateid4 currentStateid = Stateids.ANONYMOUS;
  private Stateid4 savedStateid = Stateids.ANONYMOUS;

  /**
   * The current or the saved filehandle: that of a local file, or that of another server for COPY.
   */
  private sealed interface Filehandle {
    record Local(FileRef file) implements Filehandle {}

    record Foreign(NfsFh4 wire) implements Filehandle {}
  }

  /** Creates the context of a COMPOUND before its first operation. */
  public CompoundContext(Services services, RequestInfo request, ReplyRoom room, LookAhead ahead) {
    this.services = services;
    this.request = request;
    this.room = room;
    this.ahead = ahead;
    this.use = services.exports().enter();
    this.exports = use.table().seenFrom(request.connection().peerAddress());
  }

  /** Ends the COMPOUND after its last operation. A second call does nothing. */
  public void end() {
    use.leave();
  }

  /**
   * Keeps the export in use until the reply has been sent from one of its files, even after the
   * last operation.
   *
   * @param released runs when the file has been sent
   * @return the task to run once when the file has been sent
   */
  public Runnable whenSent(Runnable released) {
    return use.retainedUntil(released);
  }

  /** Returns the components of the server that operations share. */
  public Services services() {
    return services;
  }

  /**
   * Returns the name space as the peer of this request sees it. It does not change during the
   * COMPOUND.
   */
  public ExportNamespace exports() {
    return exports;
  }

  /** Returns the minor version, the principal and the connection of the request. */
  public RequestInfo request() {
    return request;
  }

  /**
   * Returns the number of bytes that the results of this and later operations may still occupy (RFC
   * 8881 section 2.10.6.4). READ, READDIR and similar operations shorten their data to it.
   */
  public int replyRoom() {
    return room.bytesLeft();
  }

  /**
   * Returns the session of the SEQUENCE that began the COMPOUND.
   *
   * @throws NfsStatusException NFS4ERR_OP_NOT_IN_SESSION if there was none
   */
  public Session session() throws NfsStatusException {
    if (session == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_OP_NOT_IN_SESSION);
    }
    return session;
  }

  /** Returns the session, or null in a COMPOUND without SEQUENCE. */
  public @Nullable Session sessionIfAny() {
    return session;
  }

  /** Returns the slot of the COMPOUND, or null without SEQUENCE. */
  public @Nullable SlotId slotIfAny() {
    return sequence == null ? null : new SlotId(sequence.sessionid(), sequence.slotid());
  }

  /** Returns whether the operation that is executing is the last one of the COMPOUND. */
  public boolean isLastOperation() {
    return lastOperation;
  }

  /** Sets whether the operation to execute next is the last one of the COMPOUND. */
  public void setLastOperation(boolean last) {
    lastOperation = last;
  }

  /** Returns the client of {@link #session()}. */
  public Client client() throws NfsStatusException {
    return session().client();
  }

  /**
   * Checks that the server is not in its grace period. Operations that may conflict with state that
   * clients have not reclaimed yet call this method (RFC 8881 section 8.4.2.1).
   *
   * @throws NfsStatusException NFS4ERR_GRACE
   */
  public void checkNotInGrace() throws NfsStatusException {
    services.clients().recovery().checkNotInGrace();
  }

  /** Sets the session after SEQUENCE succeeded. */
  public void enter(Session entered, Sequence4Args at) {
    session = entered;
    sequence = at;
  }

  /**
   * Returns a reference to this request for a callback (RFC 8881 section 2.10.6.3).
   *
   * @throws NfsStatusException NFS4ERR_OP_NOT_IN_SESSION without SEQUENCE
   */
  public ReferringCallList4 reference() throws NfsStatusException {
    if (sequence == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_OP_NOT_IN_SESSION);
    }
    return new ReferringCallList4(
        sequence.sessionid(),
        List.of(new ReferringCall4(sequence.sequenceid(), sequence.slotid())));
  }

  /**
   * Returns the caller as the export of the current filehandle sees it, after squashing.
   *
   * @throws NfsStatusException NFS4ERR_NOFILEHANDLE if there is no current filehandle
   */
  public Caller caller() throws NfsStatusException {
    return current().export().callerFor(request.principal());
  }

  /**
   * Returns the file of the current filehandle.
   *
   * @throws NfsStatusException NFS4ERR_NOFILEHANDLE if there is none; NFS4ERR_STALE for a
   *     filehandle of another server
   */
  public FileRef current() throws NfsStatusException {
    return local(required(current));
  }

  /**
   * Returns the file of the saved filehandle.
   *
   * @throws NfsStatusException NFS4ERR_NOFILEHANDLE if there is none; NFS4ERR_STALE for a
   *     filehandle of another server
   */
  public FileRef saved() throws NfsStatusException {
    return local(required(saved));
  }

  /**
   * Returns the saved filehandle as the client sent it, also that of another server.
   *
   * @throws NfsStatusException NFS4ERR_NOFILEHANDLE if there is none
   */
  public NfsFh4 savedWire() throws NfsStatusException {
    return switch (required(saved)) {
      case Filehandle.Local(FileRef file) -> file.wire();
      case Filehandle.Foreign(NfsFh4 wire) -> wire;
    };
  }

  private static Filehandle required(@Nullable Filehandle filehandle) throws NfsStatusException {
    if (filehandle == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOFILEHANDLE);
    }
    return filehandle;
  }

  private static FileRef local(Filehandle filehandle) throws NfsStatusException {
    return switch (filehandle) {
      case Filehandle.Local(FileRef file) -> file;
      case Filehandle.Foreign _ -> throw new NfsStatusException(Nfsstat4.NFS4ERR_STALE);
    };
  }

  /** Returns whether the filehandle of this PUTFH is the source of a copy from another server. */
  public boolean isForCopyBetweenServers() {
    return services.sources().isEnabled() && ahead.isForCopyBetweenServers();
  }

  /**
   * Checks that the export of a file accepts the authentication flavor of the request (RFC 8881
   * section 2.6.3.1).
   *
   * @throws NfsStatusException NFS4ERR_WRONGSEC
   */
  public void checkFlavor(FileRef file) throws NfsStatusException {
    if (!file.export().accepts(request.principal())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_WRONGSEC);
    }
  }

  /**
   * Checks the flavor for PUTFH and similar operations. The check is left to the next operation if
   * that crosses to another object, returns the flavors or replaces the current filehandle (RFC
   * 8881 sections 2.6.3.1.1.2 to 2.6.3.1.1.6). There is no check if no operation follows (RFC 8881
   * section 2.6.3.1.1.7).
   */
  private void checkPut(FileRef file) throws NfsStatusException {
    boolean isCheckedLater =
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
    if (!isCheckedLater) {
      checkFlavor(file);
    }
  }

  /**
   * Sets the current filehandle for PUTFH and similar operations, and checks the flavor because the
   * client may not have used LOOKUP.
   */
  public void put(FileRef file) throws NfsStatusException {
    checkPut(file);
    setCurrent(file);
  }

  /** Sets the current filehandle to that of another server, which only COPY may use. */
  public void setForeign(NfsFh4 wire) {
    current = new Filehandle.Foreign(wire);
    currentStateid = Stateids.ANONYMOUS;
  }

  /** Sets the current filehandle. The current stateid becomes the anonymous stateid. */
  public void setCurrent(FileRef file) {
    current = new Filehandle.Local(file);
    currentStateid = Stateids.ANONYMOUS;
  }

  /** Removes the current filehandle after SECINFO. */
  public void consumeCurrent() {
    current = null;
    currentStateid = Stateids.ANONYMOUS;
  }

  /** Sets the current stateid to the result of OPEN, LOCK or a similar operation. */
  public void setCurrentStateid(Stateid4 stateid) {
    currentStateid = stateid;
  }

  /** Saves the current filehandle and the current stateid (SAVEFH). */
  public void save() throws NfsStatusException {
    saved = required(current);
    savedStateid = currentStateid;
  }

  /**
   * Restores the saved filehandle and the saved stateid (RESTOREFH).
   *
   * @throws NfsStatusException NFS4ERR_NOFILEHANDLE if there is no saved filehandle
   */
  public void restore() throws NfsStatusException {
    Filehandle restored = required(saved);
    if (restored instanceof Filehandle.Local(FileRef file)) {
      checkPut(file);
    }
    current = restored;
    currentStateid = savedStateid;
  }

  /**
   * Returns the stateid that an argument denotes: the current stateid for the special form (RFC
   * 8881 section 8.2.3), else the argument itself.
   *
   * @throws NfsStatusException NFS4ERR_BAD_STATEID if there is no current stateid
   */
  public Stateid4 resolve(Stateid4 argument) throws NfsStatusException {
    return argument.equals(Stateids.CURRENT) ? requireOrdinary(currentStateid) : argument;
  }

  /**
   * Returns the stateid that an argument denotes for the saved filehandle, which is the source of
   * COPY and CLONE.
   */
  public Stateid4 resolveSaved(Stateid4 argument) throws NfsStatusException {
    return argument.equals(Stateids.CURRENT) ? requireOrdinary(savedStateid) : argument;
  }

  private static Stateid4 requireOrdinary(Stateid4 held) throws NfsStatusException {
    if (Stateids.isSpecial(held)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    return held;
  }
}
