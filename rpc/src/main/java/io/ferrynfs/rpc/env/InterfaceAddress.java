package io.ferrynfs.rpc.env;

import java.net.InetAddress;

/**
 * An address of this machine.
 *
 * @param address of an interface
 * @param prefixBits how many leading bits of it the hosts of its network have in common
 */
public record InterfaceAddress(InetAddress address, int prefixBits) {}
