package io.ferrynfs.rpc.testkit;

import io.ferrynfs.rpc.env.RandomSource;

/** A repeatable random generator (SplitMix64: Steele, Lea, Flood, OOPSLA 2014). */
public final class SeededRandom implements RandomSource {
  private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

  private long state;

  /** Creates a generator. Equal seeds yield equal values. */
  public SeededRandom(long seed) {
    state = seed;
  }

  @Override
  public long nextLong() {
    state += GOLDEN_GAMMA;
    long z = state;
    z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
    return z ^ z >>> 31;
  }

  @Override
  public int nextInt() {
    return (int) (nextLong() >>> 32);
  }

  @Override
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive: " + bound);
    }
    // The bias is below 2^-31, which is negligible for a simulation.
    return (int) ((nextLong() >>> 33) % bound);
  }

  /** Returns a number from zero (inclusive) to the bound (exclusive). */
  public long nextLong(long bound) {
    return Math.floorMod(nextLong(), bound);
  }

  @Override
  public byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (nextLong() >>> 56);
    }
    return bytes;
  }
}
