package io.ferrynfs.storage;

/** The behaviour of {@link Volume#create} if the name exists already. */
public sealed interface CreateMode {
  /** Opens an existing regular file, and truncates it if the call asks for size 0. */
  record Unchecked() implements CreateMode {}

  /** Fails with EXISTS if the name exists. */
  record Guarded() implements CreateMode {}

  /**
   * Fails with EXISTS unless a call with the same verifier created the existing file. In that case
   * the call is a retry whose first reply was lost, and it returns the same file.
   *
   * @param verifier a number that the creator chooses to be different for every file
   */
  record Exclusive(long verifier) implements CreateMode {}

  /** Returns the mode that opens an existing file. */
  static CreateMode unchecked() {
    return new Unchecked();
  }

  /** Returns the mode that fails if the name exists. */
  static CreateMode guarded() {
    return new Guarded();
  }

  /** Returns the mode that recognizes a retry by its verifier. */
  static CreateMode exclusive(long verifier) {
    return new Exclusive(verifier);
  }
}
