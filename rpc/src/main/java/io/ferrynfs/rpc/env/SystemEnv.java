package io.ferrynfs.rpc.env;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The environment of the system: its clocks, strong random values, platform threads and TCP.
 *
 * <p>Its threads are daemons. Closing it closes all connections and waits for its threads.
 */
public final class SystemEnv implements Env, AutoCloseable {

  /** The default limit on the memory of large records being received, in bytes. */
  public static final long RECEIVE_BYTES_MAX = 96L << 20;

  private static final long RECEIVE_BYTES_KEPT_MAX = 24L << 20;
  private static final int IDLE_SECONDS_MAX = 10;
  private static final int RESOLVERS_MAX = 4;
  private static final int NAMES_WAITING_MAX = 64;
  private static final long POOL_STACK_BYTES = 1 << 20;

  private final SystemRandom random = new SystemRandom();
  private final ScheduledThreadPoolExecutor timers;
  private final ThreadPoolExecutor lenders;
  private final ThreadPoolExecutor resolvers;
  private final TcpNetwork network;

  /** Creates an environment with the default limit on receive memory. */
  public SystemEnv() {
    this(RECEIVE_BYTES_MAX);
  }

  /**
   * Creates an environment.
   *
   * @param receiveBytesMax the maximum memory of large records being received, in bytes for all
   *     connections
   */
  public SystemEnv(long receiveBytesMax) {
    timers = new ScheduledThreadPoolExecutor(1, threads("ferry-timer", 256 << 10));
    timers.setRemoveOnCancelPolicy(true);
    timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    lenders =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE, // one per connection at most
            IDLE_SECONDS_MAX,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            threads("ferry-send", 256 << 10));
    resolvers =
        new ThreadPoolExecutor(
            RESOLVERS_MAX,
            RESOLVERS_MAX,
            IDLE_SECONDS_MAX,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(NAMES_WAITING_MAX),
            threads("ferry-resolve", POOL_STACK_BYTES));
    resolvers.allowCoreThreadTimeOut(true);
    network =
        new TcpNetwork(
            ticker(),
            this::schedule,
            random,
            lenders,
            resolvers,
            new BufferPool(receiveBytesMax, Math.min(receiveBytesMax, RECEIVE_BYTES_KEPT_MAX)));
  }

  @Override
  public Ticker ticker() {
    return System::nanoTime;
  }

  @Override
  public InstantSource clock() {
    return InstantSource.system();
  }

  @Override
  public Timers timers() {
    return this::schedule;
  }

  private Cancellable schedule(Duration delay, Runnable task) {
    try {
      ScheduledFuture<?> timer =
          timers.schedule(() -> run("timer task", task), delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> timer.cancel(false);
    } catch (RejectedExecutionException closed) {
      return () -> true;
    }
  }

  private static void run(String what, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      TcpNetwork.LOG.log(System.Logger.Level.ERROR, what + " failed", e);
    }
  }

  @Override
  public RandomSource random() {
    return random;
  }

  @Override
  public Pool pool(String name, int threadsMax, int queuedMax) {
    return new SystemPool(threads(name, POOL_STACK_BYTES), threadsMax, queuedMax);
  }

  @Override
  public Network network() {
    return network;
  }

  /** Closes listeners and connections and waits for their threads; ends the timers. */
  @Override
  public void close() {
    network.close();
    timers.shutdownNow();
    // A lookup that hangs cannot be stopped. Its thread is a daemon, so it is not waited for.
    resolvers.shutdownNow();
    lenders.close();
    timers.close();
  }

  /** Restores the interrupt status of the calling thread after an InterruptedException. */
  public static void keepInterrupt() {
    Thread.currentThread().interrupt();
  }

  /** Waits until a thread has ended or this one is interrupted. */
  static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory threads(String name, long stackBytes) {
    AtomicInteger count = new AtomicInteger();
    return body -> {
      Thread thread = new Thread(null, body, name + "-" + count.incrementAndGet(), stackBytes);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Cryptographically strong random values. */
  private static final class SystemRandom implements RandomSource {
    private final SecureRandom random = new SecureRandom();

    @Override
    public byte[] bytes(int count) {
      byte[] bytes = new byte[count];
      random.nextBytes(bytes);
      return bytes;
    }

    @Override
    public int nextInt() {
      return random.nextInt();
    }

    @Override
    public long nextLong() {
      return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
      return random.nextInt(bound);
    }
  }

  /** A pool of platform threads that end when they have been idle. */
  static final class SystemPool implements Pool {
    /** The next task of a thread that runs a task. */
    private static final ThreadLocal<Chain> CHAIN = new ThreadLocal<>();

    private final ThreadPoolExecutor executor;

    SystemPool(ThreadFactory threads, int threadsMax, int queuedMax) {
      BlockingQueue<Runnable> queue =
          queuedMax == 0 ? new SynchronousQueue<>() : new LinkedBlockingQueue<>(queuedMax);
      executor =
          new ThreadPoolExecutor(
              threadsMax, threadsMax, IDLE_SECONDS_MAX, TimeUnit.SECONDS, queue, threads);
      executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public boolean tryExecute(Runnable task) {
      Runnable queued = () -> runChain(task);
      try {
        executor.execute(queued);
        return true;
      } catch (RejectedExecutionException full) {
        return false;
      } catch (OutOfMemoryError noThread) {
        // The JDK could not start a thread; the task may be in the queue nevertheless.
        executor.remove(queued);
        return false;
      }
    }

    @Override
    public boolean tryExecuteNext(Runnable task) {
      Chain own = CHAIN.get();
      boolean mayFollow =
          own != null
              && own.pool.equals(this)
              && own.next == null
              && executor.getQueue().isEmpty()
              && !executor.isShutdown();
      if (!mayFollow) {
        return tryExecute(task);
      }
      own.next = task;
      return true;
    }

    private void runChain(Runnable first) {
      Chain own = new Chain(this);
      own.next = first;
      CHAIN.set(own);
      try {
        for (Runnable task = own.next; task != null; task = own.next) {
          own.next = null;
          SystemEnv.run("pool task", task);
        }
      } finally {
        CHAIN.remove();
        // An Error ends this thread before its next task.
        if (own.next != null) {
          execute(own.next);
        }
      }
    }

    @Override
    public void close() {
      executor.close();
    }

    /** The state of one thread of a pool. */
    private static final class Chain {
      final SystemPool pool;
      @Nullable Runnable next;

      Chain(SystemPool pool) {
        this.pool = pool;
      }
    }
  }
}
