package io.ferrynfs.server.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.rpc.env.Timers;
import io.ferrynfs.server.GroupSource;
import io.ferrynfs.server.SecurityFlavor;
import io.ferrynfs.server.access.Principal;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The groups of users by a {@link GroupSource}, because a credential of AUTH_SYS has room for
 * {@value Credential.Sys#GIDS_MAX} only (RFC 5531 appendix A). They replace the groups of the
 * credential, as with --manage-gids of knfsd. A user that is not in the database keeps the groups
 * of the credential, because a server without a directory would otherwise deprive all users of
 * their groups. The same applies while the database does not respond.
 *
 * <p>An entry is fresh for {@value #FRESH_SECONDS} s. It is used for the same time again while a
 * background lookup refreshes it. A request of an unknown user waits for at most {@value
 * #WAIT_SECONDS_MAX} s, without occupying a thread.
 */
public final class GroupCache implements AutoCloseable {
  private static final Logger LOG = System.getLogger(GroupCache.class.getName());

  /** The limit of cached users. The least recently used ones are evicted. */
  public static final int USERS_MAX = 10_000;

  /** The limit of pending lookups of one address. */
  public static final int LOOKUPS_PER_ADDRESS_MAX = 32;

  static final int FRESH_SECONDS = 300;
  static final int WAIT_SECONDS_MAX = 5;
  private static final long FRESH_NANOS = Duration.ofSeconds(FRESH_SECONDS).toNanos();
  private static final long RETRY_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long LOG_NANOS = Duration.ofMinutes(10).toNanos();
  private static final int THREADS = 2;
  private static final int LOOKUPS_MAX = 256;

  /** The limit of groups of a user; older kernels support no more per thread. */
  private static final int GROUPS_MAX = 1024;

  private static final int ROOT = 0;

  private final @Nullable GroupSource source;
  private final Ticker ticker;
  private final Timers timers;
  private final @Nullable Pool pool;

  @GuardedBy("this")
  private final LinkedHashMap<Long, User> users = new LinkedHashMap<>(16, 0.75f, true);

  @GuardedBy("this")
  private final Map<Object, Integer> lookups = new HashMap<>();

  @GuardedBy("this")
  private @Nullable Long loggedNanos;

  /** A cached user. The cache guards it. */
  private static final class User {
    final long uid;
    @Nullable List<Long> gids;

    /** The time of the last successful lookup, also of an unknown user. */
    @Nullable Long foundNanos;

    /** The time of the last failed lookup. */
    @Nullable Long failedNanos;

    /** The pending lookup. It completes when requests no longer wait for it. */
    @Nullable CompletableFuture<Void> lookup;

    User(long uid) {
      this.uid = uid;
    }
  }

  /**
   * @param source the group database; null to use the groups of the credentials
   */
  public GroupCache(Env env, @Nullable GroupSource source) {
    this.source = source;
    ticker = env.ticker();
    timers = env.timers();
    pool = source == null ? null : env.pool("nfs-groups", THREADS, LOOKUPS_MAX);
  }

  /**
   * Returns a caller with its cached groups.
   *
   * @return null if {@link #lookUp} is necessary
   */
  public @Nullable Principal known(Principal caller) {
    if (pool == null || caller.flavor() != SecurityFlavor.SYS.number() || caller.uid() == ROOT) {
      return caller;
    }
    synchronized (this) {
      User user = users.get(caller.uid());
      return user != null && isWithin(user.foundNanos, FRESH_NANOS) ? with(user, caller) : null;
    }
  }

  /**
   * Returns a caller with its groups after a lookup. Completes on a thread of a pool.
   *
   * @param address the address of the caller
   */
  public CompletableFuture<Principal> lookUp(Principal caller, Object address) {
    User user;
    CompletableFuture<Void> lookup;
    boolean isNew;
    synchronized (this) {
      user = users.computeIfAbsent(caller.uid(), User::new);
      if (users.size() > USERS_MAX) {
        users.pollFirstEntry();
      }
      isNew =
          user.lookup == null
              && !isWithin(user.failedNanos, RETRY_NANOS)
              && lookups.getOrDefault(address, 0) < LOOKUPS_PER_ADDRESS_MAX;
      if (isNew) {
        user.lookup = new CompletableFuture<>();
        lookups.merge(address, 1, Integer::sum);
      }
      lookup = user.lookup;
    }
    if (isNew && lookup != null) {
      begin(user, address, lookup);
    }
    synchronized (this) {
      if (lookup == null || isWithin(user.foundNanos, 2 * FRESH_NANOS)) {
        return CompletableFuture.completedFuture(with(user, caller));
      }
    }
    return lookup.thenApply(_ -> {
      synchronized (this) {
        return with(user, caller);
      }
    });
  }

  private void begin(User user, Object address, CompletableFuture<Void> lookup) {
    Cancellable timeOut =
        timers.schedule(
            Duration.ofSeconds(WAIT_SECONDS_MAX), () -> execute(() -> lookup.complete(null)));
    boolean begins =
        execute(() -> {
          find(user);
          end(user, address);
          timeOut.cancel();
          lookup.complete(null);
        });
    if (!begins) {
      end(user, address);
      timeOut.cancel();
      lookup.complete(null);
    }
  }

  private boolean execute(Runnable task) {
    return pool != null && pool.tryExecute(task);
  }

  private void find(User user) {
    List<Long> gids = null;
    IOException failure = null;
    try {
      if (source != null) {
        gids = source.groupsOf(user.uid);
      }
    } catch (IOException e) {
      failure = e;
    }
    long now = ticker.nanoTime();
    synchronized (this) {
      if (failure == null) {
        user.gids = gids == null ? null : gids.stream().limit(GROUPS_MAX).toList();
        user.foundNanos = now;
        user.failedNanos = null;
      } else {
        user.failedNanos = now;
        log(user, failure, now);
      }
    }
  }

  @GuardedBy("this")
  private void log(User user, IOException failure, long now) {
    if (loggedNanos == null || now - loggedNanos >= LOG_NANOS) {
      loggedNanos = now;
      LOG.log(
          Logger.Level.WARNING,
          "the groups of user "
              + user.uid
              + " cannot be looked up, so the groups of the credential apply: "
              + failure.getMessage());
    }
  }

  private synchronized void end(User user, Object address) {
    user.lookup = null;
    lookups.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }

  private boolean isWithin(@Nullable Long sinceNanos, long nanos) {
    return sinceNanos != null && ticker.nanoTime() - sinceNanos < nanos;
  }

  private static Principal with(User user, Principal caller) {
    List<Long> gids = user.gids;
    return gids == null
        ? caller
        : new Principal(caller.flavor(), caller.name(), caller.uid(), caller.gid(), gids);
  }

  /** Waits for pending lookups. */
  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
  }
}
