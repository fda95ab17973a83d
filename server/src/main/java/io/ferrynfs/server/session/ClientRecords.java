package io.ferrynfs.server.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * The client records and the nine cases of EXCHANGE_ID (RFC 8881 section 18.35.4). A client owner
 * has at most one confirmed and one unconfirmed record.
 *
 * <p>Its monitor guards the records, their sessions and their CREATE_SESSION slots. Callers hold it
 * over several calls that belong together. The methods collect removed records; their callers end
 * the state of these under no lock.
 */
final class ClientRecords {
  /** The number of unconfirmed records that are kept in preference to courtesy clients. */
  private static final int UNCONFIRMED_FAIR_MIN = 64;

  @GuardedBy("this")
  private final Map<Long, Client> byId = new HashMap<>();

  @GuardedBy("this")
  private final Map<Opaque, Client> confirmed = new HashMap<>();

  /** Oldest first. */
  @GuardedBy("this")
  private final SequencedMap<Opaque, Client> unconfirmed = new LinkedHashMap<>();

  private final ServerLimits limits;
  private final CourtesyPolicy courtesy;

  ClientRecords(ServerLimits limits, CourtesyPolicy courtesy) {
    this.limits = limits;
    this.courtesy = courtesy;
  }

  synchronized @Nullable Client find(long clientid) {
    return byId.get(clientid);
  }

  synchronized int size() {
    return byId.size();
  }

  synchronized List<Client> all() {
    return new ArrayList<>(byId.values());
  }

  /** Returns the record of an EXCHANGE_ID with EXCHGID4_FLAG_UPD_CONFIRMED_REC_A (cases 6 to 9). */
  synchronized Client update(ClientOwner4 owner, Principal principal) throws NfsStatusException {
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
   * Returns the record of an EXCHANGE_ID without that flag (cases 1 to 5).
   *
   * @param holdsState returns whether a client has sessions or state
   * @param make creates an unconfirmed record
   * @param removed receives the records that this removes
   */
  synchronized Client exchange(
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

  private synchronized void makeRoom(List<Client> removed) throws NfsStatusException {
    // Unconfirmed records cost a client nothing, so they must not lock out other clients.
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
      removeLongestExpired(removed);
    }
    if (byId.size() >= limits.clientsMax() && !unconfirmed.isEmpty()) {
      remove(unconfirmed.firstEntry().getValue(), removed);
    }
    if (byId.size() >= limits.clientsMax()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
  }

  /** Removes the client whose lease expired first. Returns false if all leases are valid. */
  synchronized boolean removeLongestExpired(List<Client> removed) {
    Client oldest =
        byId.values().stream()
            .filter(client -> client.isConfirmed() && client.isExpired())
            .max(CourtesyPolicy.latestExpiredFirst())
            .orElse(null);
    if (oldest != null) {
      remove(oldest, removed);
    }
    return oldest != null;
  }

  /** Returns the number of clients with a valid lease at this address. */
  synchronized int activeAt(SocketAddress address) {
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

  /** Returns whether the confirmation of this client increases the number of confirmed clients. */
  synchronized boolean isAdditional(Client client) {
    return !client.isConfirmed() && !confirmed.containsKey(client.owner().ownerid());
  }

  /** Returns the record of a client that has restarted: same owner and user, other verifier. */
  synchronized @Nullable Client earlierInstance(ClientOwner4 owner, Principal principal) {
    Client known = confirmed.get(owner.ownerid());
    boolean isEarlier =
        known != null
            && known.principal().sameUser(principal)
            && !known.owner().verifier().equals(owner.verifier());
    return isEarlier ? known : null;
  }

  /**
   * Confirms a record by its first CREATE_SESSION. It replaces the record of an earlier
   * incarnation.
   *
   * @param from the address of the client
   */
  synchronized void confirm(Client client, SocketAddress from, List<Client> removed) {
    Opaque owner = client.owner().ownerid();
    Client earlier = confirmed.get(owner);
    if (earlier != null) {
      DuplicateClientName.replaced(earlier, client, from);
      remove(earlier, removed);
    }
    unconfirmed.remove(owner, client);
    confirmed.put(owner, client);
    client.confirm();
  }

  /**
   * Removes the clients whose leases have expired, except courtesy clients.
   *
   * @return the courtesy clients
   */
  synchronized List<Client> removeExpired(List<Client> removed) {
    List<Client> expired = new ArrayList<>(all());
    expired.removeIf(client -> !client.isExpired());
    List<Client> ending = courtesy.ending(expired);
    ending.forEach(client -> remove(client, removed));
    expired.removeAll(ending);
    return expired;
  }

  synchronized void remove(Client client, List<Client> removed) {
    if (byId.remove(client.clientid(), client)) {
      confirmed.remove(client.owner().ownerid(), client);
      unconfirmed.remove(client.owner().ownerid(), client);
      removed.add(client);
    }
  }
}
