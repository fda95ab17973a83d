package io.ferrynfs.cli.place;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The entries of one directory, one after the other. */
public interface Listing extends AutoCloseable {

  /** What is found in a directory. */
  sealed interface Item {}

  /** A place and what is there. */
  record Entry(Place place, FileInfo info) implements Item {}

  /**
   * An entry that cannot be used, such as a name that no file can have.
   *
   * @param shown how it is named to the user
   * @param why what is wrong with it
   */
  record Unusable(String shown, IOException why) implements Item {}

  /**
   * Steps to the next entry.
   *
   * @return null at the end
   * @throws IOException if the directory cannot be read further
   */
  @Nullable Item next() throws IOException;

  @Override
  void close() throws IOException;
}
