package io.ferrynfs.rpc.env;

/** Random values. The system's source is cryptographically strong: peers cannot guess them. */
public interface RandomSource {

  /** Fresh random bytes. */
  byte[] bytes(int count);

  /** Any int. */
  int nextInt();

  /** Any long. */
  long nextLong();

  /** An int from zero (inclusive) to the bound (exclusive). */
  int nextInt(int bound);
}
