package ferry.cli.place;

import ferry.client.NfsClient;
import ferry.client.NfsClientBuilder;
import ferry.client.NfsUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Turns what the user typed into places, with one connection for each server named. */
public final class Places implements AutoCloseable {
  private final NfsClientBuilder settings;
  private final Map<String, NfsClient> clients = new HashMap<>();

  /** With the client's own defaults. */
  public Places() {
    this(NfsClient.builder());
  }

  public Places(NfsClientBuilder settings) {
    this.settings = settings;
  }

  /**
   * The place of a local path or an {@code nfs://} URL.
   *
   * @throws IOException if the server cannot be reached
   * @throws IllegalArgumentException if the URL is none
   */
  public Place of(String text) throws IOException {
    if (!NfsUrl.isUrl(text)) {
      return new LocalPlace(Path.of(text));
    }
    NfsUrl url = NfsUrl.parse(text);
    return new RemotePlace(client(url), url);
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
  }
}
