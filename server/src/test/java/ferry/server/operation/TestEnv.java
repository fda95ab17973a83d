package ferry.server.operation;

import ferry.rpc.env.Env;
import ferry.rpc.env.Network;
import ferry.rpc.env.Pool;
import ferry.rpc.env.RandomSource;
import ferry.rpc.env.Ticker;
import ferry.rpc.env.Timers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.SplittableRandom;

/** An environment for tests of operations alone: a clock that tests move, and no network. */
final class TestEnv implements Env {
  private final SplittableRandom numbers = new SplittableRandom(42);
  private long nanos;
  private long nanosPerLook;

  /** Each look at the ticker finds that this much time has gone by. */
  void passOnEachLook(long nanoseconds) {
    nanosPerLook = nanoseconds;
  }

  @Override
  public Ticker ticker() {
    return () -> nanos += nanosPerLook;
  }

  @Override
  public InstantSource clock() {
    return () -> Instant.ofEpochSecond(1_000_000_000, nanos);
  }

  @Override
  public Timers timers() {
    return (delay, task) -> () -> false;
  }

  @Override
  public RandomSource random() {
    return new Numbers();
  }

  @Override
  public Pool pool(String name, int threadsMax, int queuedMax) {
    return new Inline();
  }

  @Override
  public Network network() {
    throw new UnsupportedOperationException("no network here");
  }

  /** Runs tasks in the thread that hands them over. */
  private static final class Inline implements Pool {
    @Override
    public boolean tryExecute(Runnable task) {
      task.run();
      return true;
    }

    @Override
    public void close() {}
  }

  private final class Numbers implements RandomSource {
    @Override
    public byte[] bytes(int count) {
      byte[] bytes = new byte[count];
      numbers.nextBytes(bytes);
      return bytes;
    }

    @Override
    public int nextInt() {
      return numbers.nextInt();
    }

    @Override
    public long nextLong() {
      return numbers.nextLong();
    }

    @Override
    public int nextInt(int bound) {
      return numbers.nextInt(bound);
    }
  }
}
