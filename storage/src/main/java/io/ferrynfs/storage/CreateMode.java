package io.ferrynfs.storage;

/** What {@link Volume#create} does when the name is there already. */
public sealed interface CreateMode {
  /** Opens what is there if it is a regular file, and empties it if size 0 was asked. */
  record Unchecked() implements CreateMode {}

  /** Fails with EXISTS, whatever is there. */
  record Guarded() implements CreateMode {}

  /**
   * Fails with EXISTS, unless what is there was made by a call with the same verifier: then the
   * call is a retry whose first answer was lost, and gets the same file.
   *
   * @param verifier chosen by the creator to be different for every file
   */
  record Exclusive(long verifier) implements CreateMode {}

  static CreateMode unchecked() {
    return new Unchecked();
  }

  static CreateMode guarded() {
    return new Guarded();
  }

  static CreateMode exclusive(long verifier) {
    return new Exclusive(verifier);
  }
}
