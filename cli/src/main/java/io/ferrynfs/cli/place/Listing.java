package io.ferrynfs.cli.place;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The entries of a directory. */
public interface Listing extends AutoCloseable {

  /** An item of a listing. */
  sealed interface Item {}

  /** A file and its attributes. */
  record Entry(Place place, FileInfo info) implements Item {}

  /**
   * An entry that cannot be used, for example because its name is invalid.
   *
   * @param shown the name for messages
   * @param why the error
   */
  record Unusable(String shown, IOException why) implements Item {}

  /**
   * Returns the next item.
   *
   * @return null at the end
   * @throws IOException if the directory cannot be read further
   */
  @Nullable Item next() throws IOException;

  @Override
  void close() throws IOException;
}
