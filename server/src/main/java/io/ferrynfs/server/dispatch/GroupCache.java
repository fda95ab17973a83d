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
 * {@value Credential.Sys#GIDS_MAX} only (RFC 5531 appendix A). They take the place of those in the
 * credential, as knfsd has it with --manage-gids; but the groups of a user that is not in the
 * database stay, because a server without a directory would else take them from all users of its
 * clients. So they do while the database does not answer.
 *
 * <p>What is found is good for {@value #FRESH_SECONDS} s, and used for as long again while it is
 * refreshed in the background. A request of an unknown user waits {@value #WAIT_SECONDS_MAX} s at
 * most, and no thread waits with it.
 */
public final class GroupCache implements AutoCloseable {
  private static final Logger LOG = System.getLogger(GroupCache.class.getName());

  /** Users that are remembered; beyond, those that were asked for the longest ago go. */
  public static final int USERS_MAX = 10_000;

  /** Lookups that one address may have waiting. */
  public static final int LOOKUPS_PER_ADDRESS_MAX = 32;

  static final int FRESH_SECONDS = 300;
  static final int WAIT_SECONDS_MAX = 5;
  private static final long FRESH_NANOS = Duration.ofSeconds(FRESH_SECONDS).toNanos();
  private static final long RETRY_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long LOG_NANOS = Duration.ofMinutes(10).toNanos();
  private static final int THREADS = 2;
  private static final int LOOKUPS_MAX = 256;

  /** More than that no thread can have on older kernels, and no user has in practice. */
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

  /** One user. Guarded by the cache. */
  private static final class User {
    final long uid;
    @Nullable List<Long> gids;

    /** When that was found, or found out that there is nobody. */
    @Nullable Long foundNanos;

    /** When it could not be found out. */
    @Nullable Long failedNanos;

    /** Of a lookup under way: when nobody waits for it any more. */
    @Nullable CompletableFuture<Void> lookup;

    User(long uid) {
      this.uid = uid;
    }
  }

  /**
   * @param source null for the groups that credentials say
   */
  public GroupCache(Env env, @Nullable GroupSource source) {
    this.source = source;
    ticker = env.ticker();
    timers = env.timers();
    pool = source == null ? null : env.pool("nfs-groups", THREADS, LOOKUPS_MAX);
  }

  /**
   * A caller with the groups that it has, where that is known.
   *
   * @return null to {@link #lookUp}
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
   * The same when it is known, on some thread of a pool.
   *
   * @param address where the caller is
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
              + " cannot be looked up, so those count that the client says: "
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

  /** Waits for lookups that are under way. */
  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
  }
}
