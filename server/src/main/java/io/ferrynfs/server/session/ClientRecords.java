package io.ferrynfs.server.session;

import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.ClientOwner4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The client records, and what EXCHANGE_ID does to them (the nine cases of RFC 8881 section
 * 18.35.4). For an owner there is at most one confirmed and one unconfirmed record. Not
 * thread-safe: {@link Clients} guards it. Records that go are collected, for their state to be
 * released under no lock.
 */
final class ClientRecords {
  /** So many are left to come back with a session before a client by courtesy goes for them. */
  private static final int UNCONFIRMED_FAIR_MIN = 64;

  private final Map<Long, Client> byId = new HashMap<>();
  private final Map<Opaque, Client> confirmed = new HashMap<>();

  /** Oldest first. */
  private final SequencedMap<Opaque, Client> unconfirmed = new LinkedHashMap<>();

  private final ServerLimits limits;
  private final CourtesyPolicy courtesy;

  ClientRecords(ServerLimits limits, CourtesyPolicy courtesy) {
    this.limits = limits;
    this.courtesy = courtesy;
  }

  @Nullable Client find(long clientid) {
    return byId.get(clientid);
  }

  int size() {
    return byId.size();
  }

  List<Client> all() {
    return new ArrayList<>(byId.values());
  }

  /** EXCHANGE_ID with EXCHGID4_FLAG_UPD_CONFIRMED_REC_A: cases 6 to 9. */
  Client update(ClientOwner4 owner, Principal principal) throws NfsStatusException {
    Client known = confirmed.get(owner.ownerid());
    if (known == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOENT);
    }
    if (!known.owner().verifier().equals(owner.verifier())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOT_SAME);
    }
    if (!known.principal().sameUser(principal)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_PERM);
    }
    return known;
  }

  /**
   * EXCHANGE_ID without that flag: cases 1 to 5.
   *
   * @param holdsState whether a client has sessions or state
   * @param make a new unconfirmed record
   * @param removed gets the records that this ends
   */
  Client exchange(
      ClientOwner4 owner,
      Principal principal,
      Function<Client, Boolean> holdsState,
      Function<ClientOwner4, Client> make,
      List<Client> removed)
      throws NfsStatusException {
    Client known = confirmed.get(owner.ownerid());
    if (known != null && !known.principal().sameUser(principal)) {
      if (holdsState.apply(known) && !known.isExpired()) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_CLID_INUSE);
      }
      remove(known, removed);
      known = null;
    }
    if (known != null && known.owner().verifier().equals(owner.verifier())) {
      return known;
    }
    Client pending = unconfirmed.get(owner.ownerid());
    if (pending != null) {
      remove(pending, removed);
    }
    makeRoom(removed);
    Client client = make.apply(owner);
    byId.put(client.clientid(), client);
    unconfirmed.put(owner.ownerid(), client);
    return client;
  }

  private void makeRoom(List<Client> removed) throws NfsStatusException {
    // It costs nothing to make these, so they must not keep anyone out.
    if (unconfirmed.size() >= limits.unconfirmedClientsMax()) {
      remove(unconfirmed.firstEntry().getValue(), removed);
    }
    if (byId.size() >= limits.clientsMax()) {
      removeExpired(removed);
    }
    if (byId.size() >= limits.clientsMax() && unconfirmed.size() > UNCONFIRMED_FAIR_MIN) {
      remove(unconfirmed.firstEntry().getValue(), removed);
    }
    if (byId.size() >= limits.clientsMax()) {
      removeSilent(removed);
    }
    if (byId.size() >= limits.clientsMax() && !unconfirmed.isEmpty()) {
      remove(unconfirmed.firstEntry().getValue(), removed);
    }
    if (byId.size() >= limits.clientsMax()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
  }

  /** Ends the client whose lease ran out first; false when all have one. */
  boolean removeSilent(List<Client> removed) {
    Client silent =
        byId.values().stream()
            .filter(client -> client.isConfirmed() && client.isExpired())
            .max(CourtesyPolicy.youngestFirst())
            .orElse(null);
    if (silent != null) {
      remove(silent, removed);
    }
    return silent != null;
  }

  /** How many clients with a lease are at this address. */
  int activeAt(SocketAddress address) {
    InetAddress host = Hosts.of(address);
    int count = 0;
    for (Client client : confirmed.values()) {
      SocketAddress at = client.address();
      if (at != null && Objects.equals(Hosts.of(at), host) && !client.isExpired()) {
        count++;
      }
    }
    return count;
  }

  /** Whether there will be one confirmed client more when this one is. */
  boolean isAnother(Client client) {
    return !client.isConfirmed() && !confirmed.containsKey(client.owner().ownerid());
  }

  /** The confirmed record of this owner and user, of another verifier: it has restarted. */
  @Nullable Client earlierInstance(ClientOwner4 owner, Principal principal) {
    Client known = confirmed.get(owner.ownerid());
    boolean isEarlier =
        known != null
            && known.principal().sameUser(principal)
            && !known.owner().verifier().equals(owner.verifier());
    return isEarlier ? known : null;
  }

  /**
   * The first CREATE_SESSION: the record takes the place of the owner's earlier incarnation.
   *
   * @param from where it comes from
   */
  void confirm(Client client, SocketAddress from, List<Client> removed) {
    Opaque owner = client.owner().ownerid();
    Client earlier = confirmed.get(owner);
    if (earlier != null) {
      DuplicateClientName.meet(earlier, client, from);
      remove(earlier, removed);
    }
    unconfirmed.remove(owner, client);
    confirmed.put(owner, client);
    client.confirm();
  }

  /**
   * Ends those whose lease has run out and whom no courtesy keeps.
   *
   * @return those that it keeps
   */
  List<Client> removeExpired(List<Client> removed) {
    List<Client> expired = new ArrayList<>(all());
    expired.removeIf(client -> !client.isExpired());
    List<Client> leaving = courtesy.leaving(expired);
    leaving.forEach(client -> remove(client, removed));
    expired.removeAll(leaving);
    return expired;
  }

  void remove(Client client, List<Client> removed) {
    if (byId.remove(client.clientid(), client)) {
      confirmed.remove(client.owner().ownerid(), client);
      unconfirmed.remove(client.owner().ownerid(), client);
      removed.add(client);
    }
  }
}
