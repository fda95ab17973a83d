package io.ferrynfs.server.source;

import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.rpc.address.UniversalAddress;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.RateLimit;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.server.source.SourceFailure.Kind;
import io.ferrynfs.wire.nfs4.Netloc4;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The servers from which this server copies on request of its clients (RFC 7862 section 4.6). */
public final class SourceServers {
  private static final Logger LOG = System.getLogger(SourceServers.class.getName());
  private static final int ADDRESSES_TRIED_MAX = 16;
  private static final int DENIALS_AT_ONCE = 16;
  private static final Duration DENIAL_EVERY = Duration.ofSeconds(10);

  private final Env env;
  private final SourceLimits limits;
  private final CopySources choice;
  private final SourceLinks links;

  /** Limits the log messages about denied sources. */
  private final RateLimit denials;

  private volatile @Nullable SourcePolicy policy;

  /** The place where the source file was found. */
  public sealed interface Found {
    /** Another server. */
    record Remote(SourceFile file) implements Found {}

    /** This server: the filehandle and the stateid are its own. */
    record ThisServer() implements Found {}
  }

  /**
   * Creates the sources without any link.
   *
   * @param self the identity of this server
   */
  public SourceServers(Env env, SourceLimits limits, CopySources choice, ServerIdentity self) {
    this.env = env;
    this.limits = limits;
    this.choice = choice;
    this.links = new SourceLinks(env, limits, self);
    this.denials = new RateLimit(env.ticker(), DENIALS_AT_ONCE, DENIAL_EVERY);
  }

  /** Sets the address on which the server listens. No copies are made before. */
  public void listening(InetSocketAddress address) {
    policy = new SourcePolicy(choice, () -> env.network().interfaces(), address);
  }

  /** Returns whether the server copies from other servers. */
  public boolean isEnabled() {
    return choice.isEnabled();
  }

  /**
   * Finds a file at the first address that can be reached, in a bounded time and without blocking.
   *
   * @return the file, which the caller closes; fails with a {@link SourceFailure}
   */
  public CompletableFuture<Found> open(SourceRequest request) {
    SourcePolicy allowed = policy;
    if (allowed == null) {
      return CompletableFuture.failedFuture(
          new SourceFailure(Kind.BUSY, "the server does not listen yet"));
    }
    Opening opening = new Opening(request, allowed);
    opening.begin(limits.setUpTimeMax());
    return opening.done;
  }

  /** Returns the number of sources of which this server is a client now. */
  public int linkCount() {
    return links.count();
  }

  /**
   * Returns the number of bytes received through pipes, without passing through the memory of this
   * process.
   */
  public long bytesPiped() {
    return links.bytesPiped();
  }

  /** Ends all links, also at the sources, in a bounded time. */
  public CompletableFuture<Void> close() {
    return links.close();
  }

  /** The search for one file. Its steps are sequential, so one thread at a time executes it. */
  private final class Opening {
    private final SourceRequest request;
    private final SourcePolicy allowed;
    private final Deque<Netloc4> locations;
    private final Deque<InetSocketAddress> addresses = new ArrayDeque<>();
    private final CompletableFuture<Found> done = new CompletableFuture<>();
    private int tried;
    private volatile SourceFailure last = new SourceFailure(Kind.DENIED, "no source was named");
    private volatile boolean hasFailed;
    private volatile String trying = "";
    private volatile SourceLinks.@Nullable Use asked;

    Opening(SourceRequest request, SourcePolicy allowed) {
      this.request = request;
      this.allowed = allowed;
      this.locations = new ArrayDeque<>(request.locations());
    }

    /**
     * An unreachable address costs its time-out at each copy, so connected addresses are tried
     * first.
     */
    private void tryConnectedFirst() {
      for (Netloc4 location : request.locations()) {
        Optional<InetSocketAddress> address =
            location instanceof Netloc4.Netaddr(var written)
                ? UniversalAddress.parse(written)
                : Optional.empty();
        if (address.isPresent() && allowed.isSelf(address.get())) {
          return;
        }
        if (address.isPresent() && links.isConnected(address.get())) {
          locations.remove(location);
          locations.addFirst(location);
          return;
        }
      }
    }

    void begin(Duration timeMax) {
      var overdue = env.timers().schedule(timeMax, this::timedOut);
      var _ = done.whenComplete((found, failure) -> overdue.cancel());
      tryConnectedFirst();
      next();
    }

    private void timedOut() {
      SourceLinks.Use silent = asked;
      if (done.completeExceptionally(new SourceFailure(Kind.UNABLE, late())) && silent != null) {
        silent.discard();
      }
    }

    private String late() {
      String none = trying.isEmpty() ? "no answer in time" : "no answer in time from " + trying;
      return hasFailed ? none + "; before that: " + last.getMessage() : none;
    }

    private void failed(SourceFailure failure) {
      last = failure;
      hasFailed = true;
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
                    failed(SourceFailure.of(failure));
                  }
                  next();
                });
      }
    }

    /** A name stands for all of its addresses: if one of them is not allowed, none is tried. */
    private void located(List<InetSocketAddress> found) {
      for (InetSocketAddress address : found) {
        if (!allowed.isSelf(address) && !allowed.isAllowed(address)) {
          failed(
              new SourceFailure(
                  Kind.DENIED, "copies from " + HostText.of(address) + " are not allowed"));
          noteDenied(address);
          return;
        }
      }
      addresses.addAll(found);
    }

    /** A client may retry without limit. */
    private void noteDenied(InetSocketAddress address) {
      long before = denials.take();
      if (before != RateLimit.REFUSED) {
        String more = before == 0 ? "" : "; so were " + before + " others since the last message";
        LOG.log(
            Level.WARNING,
            () ->
                "copies from "
                    + HostText.of(address)
                    + " are not allowed; asked by "
                    + request.who()
                    + more);
      }
    }

    private void attempt(InetSocketAddress address) {
      if (allowed.isSelf(address)) {
        done.complete(new Found.ThisServer());
        return;
      }
      tried++;
      trying = HostText.of(address);
      var _ =
          links
              .acquire(request.clientid(), address)
              .whenComplete((link, failure) -> {
                if (failure == null) {
                  ask(link);
                } else {
                  failed(SourceFailure.of(failure));
                  next();
                }
              });
    }

    private void ask(SourceLinks.Use link) {
      if (link.isSelf()) {
        link.close();
        done.complete(new Found.ThisServer());
        return;
      }
      asked = link;
      var _ =
          SourceFile.open(link, request)
              .whenComplete((file, failure) -> {
                asked = null;
                if (failure == null) {
                  if (!done.complete(new Found.Remote(file))) {
                    file.close();
                  }
                } else {
                  openFailed(link, SourceFailure.of(failure));
                }
              });
    }

    /**
     * A server that replies is the source, whatever it returns. A server that does not reply may be
     * reachable at another address.
     */
    private void openFailed(SourceLinks.Use link, SourceFailure failure) {
      if (failure.isOfLink()) {
        link.discard();
        link.close();
        failed(failure);
        next();
        return;
      }
      link.close();
      done.completeExceptionally(failure);
    }
  }
}
