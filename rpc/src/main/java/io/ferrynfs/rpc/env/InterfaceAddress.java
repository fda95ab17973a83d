package io.ferrynfs.rpc.env;

import java.net.InetAddress;

/**
 * An address of this machine.
 *
 * @param address the address of an interface
 * @param prefixBits the prefix length of its network in bits
 */
public record InterfaceAddress(InetAddress address, int prefixBits) {}
