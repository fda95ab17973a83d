package io.ferrynfs.server.session;

import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed for a session's fore channel.
 *
 * @param attrs the numbers
 * @param host to whose share its reply cache is counted
 */
record ForeChannel(ChannelAttrs4 attrs, @Nullable InetAddress host) {
  /** What it takes of the reply cache. */
  long cacheBytes() {
    return ReplyCacheBudget.bytes(attrs.maxrequests(), attrs.maxresponsesizeCached());
  }
}
