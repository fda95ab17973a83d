package io.ferrynfs.rpc.testkit;

import io.ferrynfs.rpc.env.RandomSource;

/** Repeatable random values (SplitMix64: Steele, Lea, Flood, OOPSLA 2014). */
public final class SeededRandom implements RandomSource {
  private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

  private long state;

  /** The same seed gives the same values. */
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
      throw new IllegalArgumentException("bound " + bound);
    }
    // The bias is below one in 2^31 of the bound's share: nothing for a simulation.
    return (int) ((nextLong() >>> 33) % bound);
  }

  /** A long from zero (inclusive) to the bound (exclusive). */
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
