package io.ferrynfs.server.source;

import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.rpc.env.Cancellable;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * This server as a client of one source. {@link SourceLinks} has it, and guards what changes in it.
 */
final class SourceLink {
  final InetSocketAddress address;

  /** Tells it from others to the same address that have not ended yet; mostly 0. */
  final int number;

  final ReadBuffers.Share buffers;

  /** Completes when the session stands and the source has said what it can. */
  final CompletableFuture<Connected> connected = new CompletableFuture<>();

  // Guarded by the SourceLinks.

  /** Copies that use it, or wait for it. */
  int uses;

  /** Ends it when nobody has used it for long; null while somebody does. */
  @Nullable Cancellable expiry;

  /** No new copy gets it: it ends with its last use. */
  boolean isDiscarded;

  /**
   * What there is once it is connected.
   *
   * @param session with the source
   * @param readBytes the data of one READ, at most
   * @param isSelf whether this server is its own source
   */
  record Connected(ServerSession session, int readBytes, boolean isSelf) {}

  SourceLink(InetSocketAddress address, int number, ReadBuffers.Share buffers) {
    this.address = address;
    this.number = number;
    this.buffers = buffers;
  }
}
