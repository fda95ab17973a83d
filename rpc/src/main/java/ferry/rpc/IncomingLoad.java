package ferry.rpc;

import ferry.rpc.env.RecordStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much a peer has asked for and not taken yet. Beyond a bound nothing more is read from it, so
 * that a client that stops reading stops itself; below half of it reading goes on.
 */
final class IncomingLoad {
  private final RecordStream stream;
  private final int callsMax;
  private final long bytesMax;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final Object lock = new Object();
  private volatile boolean paused;

  IncomingLoad(RecordStream stream, RpcLimits limits) {
    this.stream = stream;
    this.callsMax = limits.callsIncomingMax();
    this.bytesMax = limits.replyBytesQueuedMax();
  }

  int calls() {
    return calls.get();
  }

  void callArrived() {
    if (calls.incrementAndGet() >= callsMax) {
      pause();
    }
  }

  void answerQueued(int count) {
    if (bytes.addAndGet(count) >= bytesMax) {
      pause();
    }
  }

  void answerLeft(int count) {
    bytes.addAndGet(-count);
    calls.decrementAndGet();
    if (paused) {
      resume();
    }
  }

  private void pause() {
    synchronized (lock) {
      if (!paused) {
        paused = true;
        stream.reading(false);
      }
    }
    // Answers that left before paused was seen did not resume.
    resume();
  }

  private void resume() {
    synchronized (lock) {
      if (paused && calls.get() <= callsMax / 2 && bytes.get() <= bytesMax / 2) {
        paused = false;
        stream.reading(true);
      }
    }
  }
}
