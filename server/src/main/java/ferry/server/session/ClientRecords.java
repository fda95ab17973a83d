package ferry.server.session;

import ferry.server.access.Principal;
import ferry.server.status.Refused;
import ferry.wire.nfs4.ClientOwner4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The client records, and what EXCHANGE_ID does to them (the nine cases of RFC 5661 18.35.4). For
 * an owner there is at most one confirmed and one unconfirmed record. Not thread-safe: {@link
 * Clients} guards it. Records that go are collected, for their state to be released under no lock.
 */
final class ClientRecords {
  private final Map<Long, Client> byId = new HashMap<>();
  private final Map<Opaque, Client> confirmed = new HashMap<>();

  /** Oldest first. */
  private final SequencedMap<Opaque, Client> unconfirmed = new LinkedHashMap<>();

  private final int clientsMax;

  ClientRecords(int clientsMax) {
    this.clientsMax = clientsMax;
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
  Client update(ClientOwner4 owner, Principal principal) throws Refused {
    Client known = confirmed.get(owner.ownerid());
    if (known == null) {
      throw new Refused(Nfsstat4.NFS4ERR_NOENT);
    }
    if (!known.owner().verifier().equals(owner.verifier())) {
      throw new Refused(Nfsstat4.NFS4ERR_NOT_SAME);
    }
    if (!known.principal().sameUser(principal)) {
      throw new Refused(Nfsstat4.NFS4ERR_PERM);
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
      throws Refused {
    Client known = confirmed.get(owner.ownerid());
    if (known != null && !known.principal().sameUser(principal)) {
      if (holdsState.apply(known) && !known.isExpired()) {
        throw new Refused(Nfsstat4.NFS4ERR_CLID_INUSE);
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

  private void makeRoom(List<Client> removed) throws Refused {
    if (byId.size() >= clientsMax) {
      removeExpired(removed);
    }
    if (byId.size() >= clientsMax && !unconfirmed.isEmpty()) {
      // It costs nothing to make these, so they must not keep anyone out.
      remove(unconfirmed.firstEntry().getValue(), removed);
    }
    if (byId.size() >= clientsMax) {
      throw new Refused(Nfsstat4.NFS4ERR_DELAY);
    }
  }

  /** The first CREATE_SESSION: the record takes the place of the owner's earlier incarnation. */
  void confirm(Client client, List<Client> removed) {
    Opaque owner = client.owner().ownerid();
    Client earlier = confirmed.get(owner);
    if (earlier != null) {
      remove(earlier, removed);
    }
    unconfirmed.remove(owner, client);
    confirmed.put(owner, client);
    client.confirm();
  }

  void removeExpired(List<Client> removed) {
    for (Client client : all()) {
      if (client.isExpired()) {
        remove(client, removed);
      }
    }
  }

  void remove(Client client, List<Client> removed) {
    if (byId.remove(client.clientid(), client)) {
      confirmed.remove(client.owner().ownerid(), client);
      unconfirmed.remove(client.owner().ownerid(), client);
      removed.add(client);
    }
  }
}
