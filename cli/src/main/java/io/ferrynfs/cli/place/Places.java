package io.ferrynfs.cli.place;

import io.ferrynfs.cli.base.ByteText;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsClientBuilder;
import io.ferrynfs.client.NfsUrl;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** Turns what the user typed into places, with one connection for each server named. */
public final class Places implements AutoCloseable {
  private final NfsClientBuilder settings;
  private final Map<String, NfsClient> clients = new HashMap<>();
  private final Set<LocalPlace> locals = Collections.newSetFromMap(new IdentityHashMap<>());

  /** With the client's own defaults. */
  public Places() {
    this(NfsClient.builder());
  }

  public Places(NfsClientBuilder settings) {
    this.settings = settings;
  }

  /**
   * The place of a local path or an {@code nfs://} URL. It is good until it is {@linkplain #release
   * released} or this is closed.
   *
   * @param text of any bytes, as {@link ByteText} has them
   * @throws IOException if the server cannot be reached
   * @throws IllegalArgumentException if it is neither, saying what is wrong
   */
  public Place of(String text) throws IOException {
    NfsUrl url = Notation.url(text);
    if (url != null) {
      return new RemotePlace(client(url), url);
    }
    LocalPlace place = LocalPlace.of(ByteText.bytes(text));
    synchronized (this) {
      locals.add(place);
    }
    return place;
  }

  /** Ends the use of a place, so that thousands of arguments do not hold thousands of files. */
  public synchronized void release(Place place) {
    if (place instanceof LocalPlace local && locals.remove(local)) {
      local.close();
    }
  }

  private synchronized NfsClient client(NfsUrl url) throws IOException {
    String endpoint = url.host() + "|" + url.port();
    NfsClient client = clients.get(endpoint);
    if (client == null) {
      client = settings.connect(url.host(), url.port());
      clients.put(endpoint, client);
    }
    return client;
  }

  /** The bytes of files that have passed through this machine, to or from any of the servers. */
  public synchronized long payloadBytes() {
    return clients.values().stream()
        .map(NfsClient::traffic)
        .mapToLong(traffic -> traffic.bytesRead() + traffic.bytesWritten())
        .sum();
  }

  @Override
  public synchronized void close() {
    clients.values().forEach(NfsClient::close);
    clients.clear();
    locals.forEach(LocalPlace::close);
    locals.clear();
  }
}
