import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsUrl;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Copies from one server to another and prints the result, one line for each copy:
 *
 * <pre>
 *   ServerToServerCopy copy FROM-URL TO-URL     the way, the bytes, the milliseconds, the reason, and the bytes that passed through the client
 *   ServerToServerCopy cancel FROM-URL TO-URL   the duration of a cancellation one second after the start, in milliseconds
 * </pre>
 */
public final class ServerToServerCopy {

  private ServerToServerCopy() {}

  public static void main(String[] arguments) throws Exception {
    NfsUrl from = NfsUrl.parse(arguments[1]);
    NfsUrl to = NfsUrl.parse(arguments[2]);
    try (NfsClient source = NfsClient.connect(from);
        NfsClient destination = NfsClient.connect(to)) {
      CopyHandle handle =
          source.startCopy(
              from.path(),
              destination,
              to.path(),
              NfsCopyOptions.builder().progressEvery(Duration.ofMillis(50)).build());
      if (arguments[0].equals("copy")) {
        long start = System.nanoTime();
        CopyResult result = handle.completion().join();
        System.out.println(
            result.how()
                + (result.serverToServer() ? " server-to-server " : " ")
                + result.bytes()
                + " bytes, "
                + result.bytesThroughClient()
                + " through the client, "
                + millisSince(start)
                + " ms: "
                + result.reason());
      } else {
        cancel(handle);
      }
      System.out.println(
          "read " + source.traffic().bytesRead() + ", wrote " + destination.traffic().bytesWritten());
    }
  }

  private static void cancel(CopyHandle handle) throws Exception {
    // knfsd does not report progress, so the copy is cancelled after some time.
    try {
      handle.completion().get(1, TimeUnit.SECONDS);
    } catch (TimeoutException running) {
      System.out.println("cancelling, " + handle.how());
    }
    long start = System.nanoTime();
    handle.cancel();
    try {
      System.out.println("complete: " + handle.completion().join());
    } catch (CompletionException ended) {
      NfsException why = (NfsException) ended.getCause();
      System.out.println(why.reason() + " in " + millisSince(start) + " ms");
    }
    // Closing the client now would end the copy as well, but the servers must receive OFFLOAD_CANCEL.
    Thread.sleep(1000);
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }
}
