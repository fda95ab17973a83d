package io.ferrynfs.cli.serve;

import java.io.IOException;
import java.util.List;

/** Where a running server learns what it is to serve from now on. */
public interface Rereading {

  /**
   * What is said now.
   *
   * @throws IOException when it cannot be read
   * @throws IllegalArgumentException with all that is wrong
   */
  Reread read() throws IOException;

  /** Where it says something of an export, as the beginning of a message. */
  String where(int export, String key);

  /**
   * What is said now.
   *
   * @param exports all directories to serve
   * @param ignored what besides exports is said otherwise than at the start, which has to wait for
   *     the next one
   */
  record Reread(List<ServedDirectory> exports, List<String> ignored) {}
}
