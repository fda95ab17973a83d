package io.ferrynfs.server.source;

import io.ferrynfs.client.NfsUrl;
import io.ferrynfs.rpc.address.UniversalAddress;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.source.SourceFailure.Kind;
import io.ferrynfs.wire.nfs4.Netloc4;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** The addresses of the three forms of netloc4 (RFC 7862 section 4.7). */
final class SourceAddresses {
  private static final int NFS_PORT = 2049;
  private static final int NAME_ADDRESSES_MAX = 8;
  private static final int SHOWN_MAX = 80;

  /** The characters of a host name or of an address as text. */
  private static final Pattern HOST = Pattern.compile("[0-9A-Za-z._:-]{1,255}");

  private final Env env;

  SourceAddresses(Env env) {
    this.env = env;
  }

  /**
   * Returns the addresses of a location in the order of attempts. The future fails with a {@link
   * SourceFailure}. Host names are resolved on another thread, and the time for that is not bounded
   * here.
   */
  CompletableFuture<List<InetSocketAddress>> of(Netloc4 location) {
    return switch (location) {
      case Netloc4.Netaddr(var written) -> {
        Optional<InetSocketAddress> address = UniversalAddress.parse(written);
        yield address.isPresent()
            ? CompletableFuture.completedFuture(List.of(address.get()))
            : unknown("no address of TCP: " + printable(written.addr().utf8()));
      }
      case Netloc4.Name(var name) -> named(name.utf8(), NFS_PORT);
      case Netloc4.Url(var text) -> {
        try {
          NfsUrl url = NfsUrl.parse(text.utf8());
          yield named(url.host(), url.port());
        } catch (IllegalArgumentException e) {
          yield unknown("no URL of an NFS server: " + printable(text.utf8()));
        }
      }
    };
  }

  private CompletableFuture<List<InetSocketAddress>> named(String host, int port) {
    if (!HOST.matcher(host).matches()) {
      return unknown("no host name: " + printable(host));
    }
    return literal(host)
        .map(address -> CompletableFuture.completedFuture(List.of(address)))
        .orElseGet(() -> env.network().resolve(host))
        .handle((found, failure) -> failure == null ? found : List.<InetAddress>of())
        .thenCompose(found ->
            found.isEmpty()
                ? unknown("no such host: " + host)
                : CompletableFuture.completedFuture(
                    found.stream()
                        .limit(NAME_ADDRESSES_MAX)
                        .map(address -> new InetSocketAddress(address, port))
                        .toList()));
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns text of a client in a form that is safe for the log. */
  private static String printable(String text) {
    return text.substring(0, Math.min(text.length(), SHOWN_MAX)).replaceAll("[^!-~]", "?");
  }

  private static <T> CompletableFuture<T> unknown(String message) {
    return CompletableFuture.failedFuture(new SourceFailure(Kind.DENIED, message));
  }
}
