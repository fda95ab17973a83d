package io.ferrynfs.server.source;

import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.rpc.env.Cancellable;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * This server as a client of one source. {@link SourceLinks} owns it and guards its mutable fields.
 */
final class SourceLink {
  final InetSocketAddress address;

  /** Distinguishes this link from others to the same address that have not ended yet; mostly 0. */
  final int number;

  final ReadBuffers.Share buffers;

  /** Completes when the session exists and the source has returned its limits. */
  final CompletableFuture<Connected> connected = new CompletableFuture<>();

  /** The number of copies that use or wait for this link. */
  int uses;

  /** The timer that ends an idle link; null while it is used. */
  @Nullable Cancellable expiry;

  /** Whether the link ends with its last use and no new copy may use it. */
  boolean isDiscarded;

  /**
   * The properties of a connected link.
   *
   * @param session the session with the source
   * @param readBytes the maximum size of a READ in bytes
   * @param isSelf whether the source is this server
   */
  record Connected(ServerSession session, int readBytes, boolean isSelf) {}

  SourceLink(InetSocketAddress address, int number, ReadBuffers.Share buffers) {
    this.address = address;
    this.number = number;
    this.buffers = buffers;
  }
}
