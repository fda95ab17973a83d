package io.ferrynfs.server.session;

import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The negotiated fore channel of a session.
 *
 * @param attrs the channel attributes
 * @param host the address whose share includes its reply cache
 */
record ForeChannel(ChannelAttrs4 attrs, @Nullable InetAddress host) {
  /** Returns the bytes that it reserves in the reply cache. */
  long cacheBytes() {
    return ReplyCacheBudget.bytes(attrs.maxrequests(), attrs.maxresponsesizeCached());
  }
}
