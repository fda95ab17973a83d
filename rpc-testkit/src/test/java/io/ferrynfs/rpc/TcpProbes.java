package io.ferrynfs.rpc;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;

/** Helpers of tests with actual sockets. */
final class TcpProbes {
  private TcpProbes() {}

  static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  static void sendAndAwaitReply(Socket socket, byte[] call, CountDownLatch done) {
    try {
      socket.getOutputStream().write(call);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.skipNBytes(4 + 24 + 8);
      done.countDown();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
