package io.ferrynfs.storage.linux.call;

import static io.ferrynfs.storage.linux.call.Native.INT;
import static io.ferrynfs.storage.linux.call.Native.POINTER;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The descriptors of connections, which the JDK does not expose. A descriptor is found by the
 * addresses and ports of its two ends, once per connection. It is valid while the channel is open.
 */
public final class SocketDescriptors {
  public static final int UNKNOWN = -1;

  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int ADDRESS_BYTES = 128;

  private static final MethodHandle GETSOCKNAME =
      Native.function("getsockname", INT, INT, POINTER, POINTER);
  private static final MethodHandle GETPEERNAME =
      Native.function("getpeername", INT, INT, POINTER, POINTER);

  /** The bytes that a connection transfers by another way before {@link #ofBusy} searches. */
  private static final long BUSY_BYTES = 1 << 20;

  /**
   * A search costs as much as copying this number of bytes for each open descriptor of the process.
   */
  private static final long BYTES_OF_A_DESCRIPTOR = 4 << 10;

  private static final Map<SocketChannel, Integer> KNOWN = new WeakHashMap<>();
  private static final Map<SocketChannel, Long> TRANSFERRED = new WeakHashMap<>();

  /** The number of descriptors that the last search has seen. */
  private static volatile int seen;

  private SocketDescriptors() {}

  /** Returns the descriptor of an open TCP connection, or {@link #UNKNOWN}. */
  public static int of(SocketChannel channel) {
    synchronized (KNOWN) {
      Integer known = KNOWN.get(channel);
      if (known != null) {
        return known;
      }
    }
    int found = search(channel);
    synchronized (KNOWN) {
      KNOWN.put(channel, found);
    }
    return found;
  }

  /**
   * Returns the descriptor of an open TCP connection, or {@link #UNKNOWN} while the connection has
   * transferred little. A search visits all descriptors of the process, so a client with thousands
   * of connections must not cause one for each of them.
   *
   * @param bytes the number of bytes that the caller is about to transfer
   */
  public static int ofBusy(SocketChannel channel, long bytes) {
    synchronized (KNOWN) {
      Integer known = KNOWN.get(channel);
      if (known != null) {
        return known;
      }
      long transferred = TRANSFERRED.merge(channel, bytes, Long::sum);
      if (transferred < Math.max(BUSY_BYTES, seen * BYTES_OF_A_DESCRIPTOR)) {
        return UNKNOWN;
      }
      TRANSFERRED.remove(channel);
    }
    return of(channel);
  }

  /** Returns the descriptor of an open TCP connection if it was searched before. */
  public static int known(SocketChannel channel) {
    synchronized (KNOWN) {
      return KNOWN.getOrDefault(channel, UNKNOWN);
    }
  }

  private static int search(SocketChannel channel) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(OPEN)) {
      if (channel.getLocalAddress() instanceof InetSocketAddress local
          && channel.getRemoteAddress() instanceof InetSocketAddress peer) {
        int count = 0;
        for (Path each : open) {
          seen = Math.max(seen, ++count);
          int fd = Integer.parseInt(each.getFileName().toString());
          if (isAt(GETPEERNAME, fd, peer) && isAt(GETSOCKNAME, fd, local)) {
            return fd;
          }
        }
      }
      return UNKNOWN;
    } catch (IOException | DirectoryIteratorException e) {
      return UNKNOWN;
    }
  }

  private static boolean isAt(MethodHandle call, int fd, InetSocketAddress expected)
      throws IOException {
    try (Scratch s = Scratch.open()) {
      MemorySegment address = s.allocate(ADDRESS_BYTES);
      MemorySegment length = s.allocate(Integer.BYTES);
      length.set(ValueLayout.JAVA_INT, 0, ADDRESS_BYTES);
      if (invoke(call, s, fd, address, length) < 0) {
        return false;
      }
      int family = address.get(ValueLayout.JAVA_SHORT, 0);
      ByteBuffer bytes = address.asByteBuffer();
      int port = bytes.getShort(2) & 0xffff;
      if (port != expected.getPort() || (family != AF_INET && family != AF_INET6)) {
        return false;
      }
      // The sockets of the JDK are IPv6 sockets with mapped IPv4 addresses.
      // InetAddress.getByAddress unmaps them.
      byte[] raw = new byte[family == AF_INET ? 4 : 16];
      bytes.get(family == AF_INET ? 4 : 8, raw);
      return InetAddress.getByAddress(raw).equals(withoutScope(expected.getAddress()));
    }
  }

  private static InetAddress withoutScope(InetAddress address) throws IOException {
    return InetAddress.getByAddress(address.getAddress());
  }

  private static int invoke(
      MethodHandle call, Scratch s, int fd, MemorySegment address, MemorySegment length) {
    try {
      return Native.result(s, (int) call.invokeExact(s.errno(), fd, address, length));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
