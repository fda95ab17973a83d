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

/** Creates the places of a command, with one connection per server. */
public final class Places implements AutoCloseable {
  private final NfsClientBuilder settings;
  private final Map<String, NfsClient> clients = new HashMap<>();
  private final Set<LocalPlace> locals = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Creates places that connect with the default options. */
  public Places() {
    this(NfsClient.builder());
  }

  public Places(NfsClientBuilder settings) {
    this.settings = settings;
  }

  /**
   * Returns the place of a local path or an {@code nfs://} URL. It is valid until it is {@linkplain
   * #release released} or this object is closed.
   *
   * @param text the argument in the encoding of {@link ByteText}
   * @throws IOException if the server cannot be reached
   * @throws IllegalArgumentException if it is neither a path nor a URL
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

  /**
   * Releases a place. Without this, thousands of arguments would keep thousands of directories
   * open.
   */
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

  /** Returns the payload bytes that were read from and written to all servers. */
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
