package io.ferrynfs.server;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A database of users that knows their groups. */
@FunctionalInterface
public interface GroupSource {
  /**
   * All groups of a user. It may take seconds, and is asked by several threads at once.
   *
   * @return null for a user that is not in the database
   * @throws IOException when it cannot be told now
   */
  @Nullable List<Long> groupsOf(long uid) throws IOException;
}
