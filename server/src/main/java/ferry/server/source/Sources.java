package ferry.server.source;

import ferry.rpc.Credential;
import ferry.rpc.env.Env;
import ferry.server.config.CopySources;
import ferry.server.config.ServerIdentity;
import ferry.server.config.SourceLimits;
import ferry.server.source.SourceFailure.Kind;
import ferry.wire.nfs4.Netloc4;
import ferry.wire.nfs4.NfsFh4;
import ferry.wire.nfs4.Stateid4;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The servers that this one copies from when its clients ask for it (RFC 7862 section 4.6). */
public final class Sources {
  private static final Logger LOG = System.getLogger(Sources.class.getName());
  private static final int ADDRESSES_TRIED_MAX = 16;

  private final Env env;
  private final SourceLimits limits;
  private final CopySources choice;
  private final SourceLinks links;
  private volatile @Nullable SourcePolicy policy;

  /** Where a file to copy has been found. */
  public sealed interface Found {
    /** At another server. */
    record Elsewhere(SourceFile file) implements Found {}

    /** The source is this very server: the filehandle and the stateid are its own. */
    record Here() implements Found {}
  }

  /**
   * No source yet.
   *
   * @param self what this server calls itself
   */
  public Sources(Env env, SourceLimits limits, CopySources choice, ServerIdentity self) {
    this.env = env;
    this.limits = limits;
    this.choice = choice;
    this.links = new SourceLinks(env, limits, self);
  }

  /** The server listens; before, nothing is copied from anywhere. */
  public void listening(InetSocketAddress address) {
    policy = new SourcePolicy(choice, () -> env.network().interfaces(), address);
  }

  /** Whether there are copies between servers. */
  public boolean isEnabled() {
    return choice.isEnabled();
  }

  /**
   * Finds a file at the first of some addresses that can be reached, in a bounded time and without
   * blocking.
   *
   * @param who asks, for the log
   * @param reader whom the source is to believe that reads
   * @return the file, which the caller closes; fails with a {@link SourceFailure}
   */
  public CompletableFuture<Found> open(
      String who, List<Netloc4> locations, NfsFh4 handle, Stateid4 stateid, Credential reader) {
    SourcePolicy allowed = policy;
    if (allowed == null) {
      return CompletableFuture.failedFuture(
          new SourceFailure(Kind.BUSY, "the server does not listen yet"));
    }
    Opening opening = new Opening(who, allowed, locations, handle, stateid, reader);
    opening.begin(limits.setUpTimeMax());
    return opening.done;
  }

  /** How many sources this server is a client of just now. */
  public int linkCount() {
    return links.count();
  }

  /** Bytes that have come by pipes, and did not pass through this process. */
  public long bytesPiped() {
    return links.bytesPiped();
  }

  /** Ends all links, at the sources too, in a bounded time. */
  public CompletableFuture<Void> close() {
    return links.close();
  }

  /** The search for one file. Each step follows from the one before, so one at a time runs. */
  private final class Opening {
    private final String who;
    private final SourcePolicy allowed;
    private final Deque<Netloc4> locations;
    private final Deque<InetSocketAddress> addresses = new ArrayDeque<>();
    private final NfsFh4 handle;
    private final Stateid4 stateid;
    private final Credential reader;
    private final CompletableFuture<Found> done = new CompletableFuture<>();
    private int tried;
    private volatile SourceFailure last = new SourceFailure(Kind.DENIED, "no source was named");
    private volatile SourceLinks.@Nullable Use asked;

    Opening(
        String who,
        SourcePolicy allowed,
        List<Netloc4> locations,
        NfsFh4 handle,
        Stateid4 stateid,
        Credential reader) {
      this.who = who;
      this.allowed = allowed;
      this.locations = new ArrayDeque<>(locations);
      this.handle = handle;
      this.stateid = stateid;
      this.reader = reader;
    }

    void begin(Duration timeMax) {
      var overdue = env.timers().schedule(timeMax, this::timedOut);
      var _ = done.whenComplete((found, failure) -> overdue.cancel());
      next();
    }

    private void timedOut() {
      SourceLinks.Use silent = asked;
      if (done.completeExceptionally(
              new SourceFailure(Kind.UNABLE, "no answer in time; " + last.getMessage()))
          && silent != null) {
        silent.discard();
      }
    }

    private void next() {
      if (done.isDone()) {
        return;
      }
      InetSocketAddress address = addresses.poll();
      if (address != null) {
        attempt(address);
      } else if (locations.isEmpty() || tried >= ADDRESSES_TRIED_MAX) {
        done.completeExceptionally(last);
      } else {
        var _ =
            new SourceAddresses(env)
                .of(locations.remove())
                .whenComplete((found, failure) -> {
                  if (failure == null) {
                    located(found);
                  } else {
                    last = SourceFailure.of(failure);
                  }
                  next();
                });
      }
    }

    /** A name stands for all of its addresses: when one of them is not allowed, none is tried. */
    private void located(List<InetSocketAddress> found) {
      for (InetSocketAddress address : found) {
        if (!allowed.isSelf(address) && !allowed.isAllowed(address)) {
          last = new SourceFailure(Kind.DENIED, "copies from " + address + " are not allowed");
          LOG.log(
              Level.WARNING, () -> "copies from " + address + " are not allowed; asked by " + who);
          return;
        }
      }
      addresses.addAll(found);
    }

    private void attempt(InetSocketAddress address) {
      if (allowed.isSelf(address)) {
        done.complete(new Found.Here());
        return;
      }
      tried++;
      var _ =
          links
              .acquire(address)
              .whenComplete((link, failure) -> {
                if (failure == null) {
                  ask(link);
                } else {
                  last = SourceFailure.of(failure);
                  next();
                }
              });
    }

    private void ask(SourceLinks.Use link) {
      if (link.isSelf()) {
        link.close();
        done.complete(new Found.Here());
        return;
      }
      asked = link;
      var _ =
          SourceFile.open(link, handle, stateid, reader)
              .whenComplete((file, failure) -> {
                asked = null;
                if (failure == null) {
                  if (!done.complete(new Found.Elsewhere(file))) {
                    file.close();
                  }
                } else {
                  refused(link, SourceFailure.of(failure));
                }
              });
    }

    /** Who answers is the source, whatever it says; who does not may be reached otherwise. */
    private void refused(SourceLinks.Use link, SourceFailure why) {
      if (why.kind() != Kind.BROKEN) {
        link.close();
        done.completeExceptionally(why);
        return;
      }
      link.discard();
      link.close();
      last = why;
      next();
    }
  }
}
