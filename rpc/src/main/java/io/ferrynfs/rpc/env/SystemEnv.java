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
 * The real world: system clocks, strong randomness, platform threads, TCP. The one class that
 * touches them.
 *
 * <p>Its threads are daemons: a program that serves waits for something else. Closing it closes
 * every connection and waits for its threads.
 */
public final class SystemEnv implements Env, AutoCloseable {

  /** Memory for large records being received, all connections together, unless said otherwise. */
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

  /** With the ordinary bound on receive memory. */
  public SystemEnv() {
    this(RECEIVE_BYTES_MAX);
  }

  /**
   * With a bound of its own.
   *
   * @param receiveBytesMax memory for large records being received, all connections together
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
    // A look-up that hangs cannot be stopped: nobody waits for it, and its thread is a daemon.
    resolvers.shutdownNow();
    lenders.close();
    timers.close();
  }

  /** For who has ended a wait because its thread was interrupted: it still is. */
  public static void keepInterrupt() {
    Thread.currentThread().interrupt();
  }

  /** Waits for a thread to end, or until this one is interrupted. */
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

  /** Strong random values. */
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

  /** Platform threads that end when they have been idle. */
  static final class SystemPool implements Pool {
    /** Of a thread that runs a task: what comes after it. */
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
        // So the JDK says that no thread can be started, for a task that may be in the queue.
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
        // After an error, which ends this thread.
        if (own.next != null) {
          execute(own.next);
        }
      }
    }

    @Override
    public void close() {
      executor.close();
    }

    /** Of one thread. */
    private static final class Chain {
      final SystemPool pool;
      @Nullable Runnable next;

      Chain(SystemPool pool) {
        this.pool = pool;
      }
    }
  }
}
