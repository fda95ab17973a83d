package io.ferrynfs.bench.compare;

import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsAttributes;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The work of Ferry's client in the comparisons. */
final class NfsWork {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int WINDOW = 8;
  private static final int CALLS_OUTSTANDING = 64;

  private NfsWork() {}

  /**
   * Reads a whole file with eight READs of 1 MiB in flight. Returns the rate in bytes per second.
   */
  static Contender read(NfsClient client, NfsPath path) {
    return () -> {
      long start = System.nanoTime();
      long bytes = 0;
      try (NfsFile file = client.open(path, NfsOpenOptions.forReading())) {
        long size = file.size();
        Deque<CompletableFuture<Integer>> flying = new ArrayDeque<>();
        Deque<ByteBuffer> buffers = new ArrayDeque<>();
        for (int i = 0; i < WINDOW; i++) {
          buffers.add(ByteBuffer.allocateDirect(BLOCK_BYTES));
        }
        for (long at = 0; at < size || !flying.isEmpty(); ) {
          while (at < size && flying.size() < WINDOW) {
            ByteBuffer buffer = buffers.removeFirst().clear();
            buffers.addLast(buffer);
            flying.addLast(file.readAsync(buffer, at));
            at += BLOCK_BYTES;
          }
          bytes += wait(flying.removeFirst());
        }
      }
      return bytes * 1e9 / (System.nanoTime() - start);
    };
  }

  /**
   * Writes a file through the output stream of the API and commits it. Returns the rate in bytes
   * per second.
   */
  static Contender write(NfsClient client, NfsPath path, long bytes) {
    byte[] block = new byte[BLOCK_BYTES];
    java.util.Arrays.fill(block, (byte) 7);
    return () -> {
      long start = System.nanoTime();
      try (OutputStream out = client.newOutputStream(path, NfsOpenOptions.forReplacing(0644))) {
        for (long left = bytes; left > 0; left -= BLOCK_BYTES) {
          out.write(block);
        }
      }
      return bytes * 1e9 / (System.nanoTime() - start);
    };
  }

  /**
   * Gets the attributes of one open file with 64 COMPOUNDs in flight. Returns the rate in calls per
   * second. The file is open for writing, so that the server does not delegate it and each GETATTR
   * reaches the server.
   */
  static Contender getattr(NfsClient client, NfsPath path, int calls) {
    return () -> {
      try (NfsFile file = client.open(path, NfsOpenOptions.forReadingAndWriting())) {
        Semaphore room = new Semaphore(CALLS_OUTSTANDING);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
          room.acquire();
          CompletableFuture<NfsAttributes> call = file.attributesAsync();
          var _ =
              call.whenComplete((attributes, error) -> {
                if (error != null) {
                  failure.compareAndSet(null, error);
                }
                room.release();
              });
        }
        room.acquire(CALLS_OUTSTANDING);
        double rate = calls * 1e9 / (System.nanoTime() - start);
        Throwable failed = failure.get();
        if (failed != null) {
          throw new IOException(failed);
        }
        return rate;
      }
    };
  }

  /** Copies a file on the server and commits the copy. Returns the rate in bytes per second. */
  static Contender copy(NfsClient client, NfsPath from, NfsPath to) {
    NfsCopyOptions options = NfsCopyOptions.builder().requireOffload(true).build();
    return () -> {
      try {
        client.remove(to);
      } catch (NfsException e) {
        if (!e.is(NfsException.Reason.NOT_FOUND)) {
          throw e;
        }
      }
      long start = System.nanoTime();
      CopyResult result = client.copy(from, to, options);
      return result.bytes() * 1e9 / (System.nanoTime() - start);
    };
  }

  /**
   * Copies a file on the server asynchronously. Returns the rate in bytes per second, from the
   * first call to the last.
   */
  static Contender offload(NfsClient client, NfsPath from, NfsPath to) {
    NfsCopyOptions options = NfsCopyOptions.builder().requireOffload(true).build();
    return () -> {
      long start = System.nanoTime();
      CopyResult result = client.copy(from, to, options);
      double rate = result.bytes() * 1e9 / (System.nanoTime() - start);
      if (result.how() != CopyResult.How.OFFLOADED) {
        throw new IOException("the copy was not asynchronous: " + result);
      }
      client.remove(to);
      return rate;
    };
  }

  /**
   * Copies between open files on the server, with COPY and COMMIT only. Returns the rate in bytes
   * per second.
   */
  static Contender copyOpen(NfsClient client, NfsPath from, NfsPath to) {
    NfsCopyOptions options = NfsCopyOptions.builder().requireOffload(true).build();
    return () -> {
      try (NfsFile source = client.open(from, NfsOpenOptions.forReading());
          NfsFile target = client.open(to, NfsOpenOptions.forReplacing(0644))) {
        long size = source.size();
        long start = System.nanoTime();
        CopyResult result = wait(source.copyTo(0, target, 0, size, options).completion());
        return result.bytes() * 1e9 / (System.nanoTime() - start);
      }
    };
  }

  static <T> T wait(CompletableFuture<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }
}
