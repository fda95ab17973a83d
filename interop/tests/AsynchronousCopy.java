import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsPath;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Prints details of a server-side copy that the ferry command does not show, one line for each copy:
 *
 * <pre>
 *   AsynchronousCopy PORT copy /FROM /TO     the way, the bytes, the milliseconds, the reason
 *   AsynchronousCopy PORT cancel /FROM /TO   the bytes before the cancellation, and its duration in milliseconds
 * </pre>
 */
public final class AsynchronousCopy {

  private AsynchronousCopy() {}

  public static void main(String[] arguments) throws Exception {
    NfsPath from = NfsPath.of(arguments[2]);
    NfsPath to = NfsPath.of(arguments[3]);
    try (NfsClient client =
        NfsClient.builder().connect("127.0.0.1", Integer.parseInt(arguments[0]))) {
      if (arguments[1].equals("copy")) {
        copy(client, from, to);
      } else {
        cancel(client, from, to);
      }
    }
  }

  private static void copy(NfsClient client, NfsPath from, NfsPath to) throws NfsException {
    long start = System.nanoTime();
    CopyResult result = client.copy(from, to, NfsCopyOptions.defaults());
    System.out.println(
        result.how()
            + " "
            + result.bytes()
            + " "
            + millisSince(start)
            + " ms: "
            + result.reason());
  }

  private static void cancel(NfsClient client, NfsPath from, NfsPath to) throws Exception {
    CopyHandle handle =
        client.startCopy(
            from,
            client,
            to,
            NfsCopyOptions.builder().progressEvery(Duration.ofMillis(50)).build());
    while (handle.bytesSoFar() == 0 && !handle.completion().isDone()) {
      try {
        handle.completion().get(5, TimeUnit.MILLISECONDS);
      } catch (TimeoutException running) {
        // The loop polls the progress again.
      }
    }
    long seen = handle.bytesSoFar();
    long start = System.nanoTime();
    handle.cancel();
    try {
      System.out.println("complete: " + handle.completion().join());
    } catch (CompletionException ended) {
      NfsException why = (NfsException) ended.getCause();
      System.out.println(why.reason() + " after " + seen + " in " + millisSince(start) + " ms");
    }
    // Closing the client now would end the copy as well, but the server must receive OFFLOAD_CANCEL.
    Thread.sleep(1000);
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }
}
