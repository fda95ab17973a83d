package io.ferrynfs.server;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A database of users that knows their groups. */
@FunctionalInterface
public interface GroupSource {
  /**
   * Returns all groups of a user. This method may block for seconds. Several threads call it at the
   * same time.
   *
   * @param uid the user id of the credential
   * @return the group ids; null for a user that is not in the database
   * @throws IOException if the database cannot be read now
   */
  @Nullable List<Long> groupsOf(long uid) throws IOException;
}
