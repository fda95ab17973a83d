package io.ferrynfs.rpc.auth;

import io.ferrynfs.rpc.env.TransportIdentity;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection.
 *
 * @param address its address
 * @param identity the identity that it proved to the transport; null on a plain connection
 */
public record RpcPeer(SocketAddress address, @Nullable TransportIdentity identity) {}
