package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.RecordStream;
import io.ferrynfs.rpc.env.Ticker;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much a peer has asked for and not taken yet. Beyond a bound nothing more is read from it, so
 * that a client that stops reading stops itself; below half of it reading goes on.
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

  /** When the peer began to take nothing, where anything is there to be taken. */
  private volatile long takenAtNanos;

  /**
   * Of an answer, both in bytes.
   *
   * @param bytes its size
   * @param bytesHeld what it takes of memory
   */
  record Answer(int bytes, int bytesHeld) {
    /** There is none. */
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

  /** For how long the peer has taken no answer, if it has any to take. */
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
