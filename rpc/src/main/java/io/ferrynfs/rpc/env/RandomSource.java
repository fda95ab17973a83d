package io.ferrynfs.rpc.env;

/** Random values. The system's source is cryptographically strong: peers cannot predict it. */
public interface RandomSource {

  /** Returns random bytes. */
  byte[] bytes(int count);

  /** Returns a random int. */
  int nextInt();

  /** Returns a random long. */
  long nextLong();

  /** Returns a random int from zero (inclusive) to the bound (exclusive). */
  int nextInt(int bound);
}
