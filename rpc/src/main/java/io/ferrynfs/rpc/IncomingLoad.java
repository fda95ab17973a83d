package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.RecordStream;
import io.ferrynfs.rpc.env.Ticker;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The incoming calls of a connection whose replies have not been sent. At a limit the connection
 * reads no more, so that a client that stops reading blocks itself; at half of it reading resumes.
 */
final class IncomingLoad {
  private final RecordStream stream;
  private final Ticker ticker;
  private final ReplyMemory memory;
  private final int callsMax;
  private final long bytesMax;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong bytesHeld = new AtomicLong();
  private final Object lock = new Object();
  private volatile boolean paused;

  /** The time since which the peer has read nothing, if there are unsent replies. */
  private volatile long takenAtNanos;

  /**
   * The size of a reply.
   *
   * @param bytes its length in bytes
   * @param bytesHeld the memory that it occupies, in bytes
   */
  record Answer(int bytes, int bytesHeld) {
    /** No reply. */
    static final Answer NONE = new Answer(0, 0);
  }

  IncomingLoad(RecordStream stream, Ticker ticker, RpcLimits limits, ReplyMemory memory) {
    this.stream = stream;
    this.ticker = ticker;
    this.memory = memory;
    this.callsMax = limits.callsIncomingMax();
    this.bytesMax = limits.replyBytesQueuedMax();
  }

  int calls() {
    return calls.get();
  }

  long bytesHeld() {
    return bytesHeld.get();
  }

  /** Returns for how long the peer has read nothing, if there are unsent replies. */
  long takenNothingNanos() {
    return ticker.nanoTime() - takenAtNanos;
  }

  void callArrived() {
    if (calls.incrementAndGet() >= callsMax) {
      pause();
    }
  }

  void answerQueued(Answer answer) {
    if (bytesHeld.getAndAdd(answer.bytesHeld()) == 0) {
      takenAtNanos = ticker.nanoTime();
    }
    memory.add(answer.bytesHeld());
    if (bytes.addAndGet(answer.bytes()) >= bytesMax) {
      pause();
    }
  }

  void answerLeft(Answer answer) {
    takenAtNanos = ticker.nanoTime();
    bytesHeld.addAndGet(-answer.bytesHeld());
    memory.add(-answer.bytesHeld());
    bytes.addAndGet(-answer.bytes());
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
    // A reply that was sent before paused was set did not resume reading.
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
