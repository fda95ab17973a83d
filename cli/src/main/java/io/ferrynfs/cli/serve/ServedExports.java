package io.ferrynfs.cli.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.cli.admin.ExportDirectory;
import io.ferrynfs.cli.admin.ExportProblem;
import io.ferrynfs.cli.admin.ExportStatus;
import io.ferrynfs.cli.admin.ReloadReport;
import io.ferrynfs.cli.base.ErrorText;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.ExportException;
import io.ferrynfs.server.ExportRule;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.LinuxVolume;
import io.ferrynfs.storage.linux.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The directories of a running server and their volumes, which a reload can change.
 *
 * <p>A volume is identified by its directory, so an export keeps the state of its clients when
 * other properties change. The state folder of the directory keeps its filehandles valid across
 * restarts. Reloads run in sequence on a thread of their own.
 */
final class ServedExports implements ExportDirectory, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.ferrynfs.cli.serve");

  /** How long a reload waits for requests that use removed exports. */
  private static final Duration DRAIN_TIME_MAX = Duration.ofSeconds(5);

  private static final int RELOADS_QUEUED_MAX = 4;

  private final Env env;
  private final StateFolder state;
  private final Pool pool;
  private final ExportWatch watch;
  private volatile List<ServedDirectory> served = List.of();

  // Set when the server runs.
  private volatile @Nullable NfsServer server;
  private volatile @Nullable ServerFolder folder;
  private volatile @Nullable ConfigSource configSource;
  private volatile Supplier<@Nullable String> registryFailure = () -> null;

  /** The volumes by the real paths of their directories. */
  @GuardedBy("volumes")
  private final Map<Path, OpenVolume> volumes = new LinkedHashMap<>();

  /** An open volume. */
  private static final class OpenVolume {
    final LinuxVolume volume;
    boolean isServed;

    /** The number of reloads that removed the export and whose requests are still running. */
    int drains;

    OpenVolume(LinuxVolume volume) {
      this.volume = volume;
    }
  }

  ServedExports(Env env, StateFolder state) {
    this.env = env;
    this.state = state;
    pool = env.pool("ferry-reload", 1, RELOADS_QUEUED_MAX);
    watch = new ExportWatch(env, LOG);
  }

  /** Opens the initial exports. */
  SequencedMap<String, ExportDefinition> openInitial(List<ServedDirectory> exports)
      throws IOException {
    SequencedMap<String, ExportDefinition> entries = new LinkedHashMap<>();
    for (ServedDirectory export : exports) {
      entries.put(export.path(), entry(export, new ArrayList<>()));
    }
    served = List.copyOf(exports);
    List<Path> directories = realPaths(exports);
    synchronized (volumes) {
      directories.forEach(directory -> openVolume(directory).isServed = true);
    }
    return entries;
  }

  /**
   * Enables reloads.
   *
   * @param whyNotRecorded returns why clients are not recorded, or null
   * @param source the source of reloads, or null
   */
  void attach(
      NfsServer running,
      ServerFolder serverFolder,
      Supplier<@Nullable String> whyNotRecorded,
      @Nullable ConfigSource source) {
    server = running;
    registryFailure = whyNotRecorded;
    folder = serverFolder;
    configSource = source;
    watch(served);
  }

  private void watch(List<ServedDirectory> exports) {
    SequencedMap<String, ExportWatch.Check> checks = new LinkedHashMap<>();
    for (ServedDirectory export : exports) {
      try {
        LinuxVolume volume = find(export.directory().toRealPath());
        if (volume != null) {
          checks.put(export.path(), new DirectoryCheck(export.directory(), volume));
        }
      } catch (IOException e) {
        // It was removed after it had been opened.
        String text = export.directory() + ": " + ErrorText.text(e);
        checks.put(export.path(), () -> new ExportProblem("gone", text));
      }
    }
    ServerFolder own = folder;
    watch.watch(checks, own == null ? null : new StateFolderCheck(own.path(), registryFailure));
  }

  @Override
  public SequencedMap<String, ExportProblem> problems() {
    return watch.problems();
  }

  private ExportDefinition entry(ServedDirectory export, List<Path> fresh) throws IOException {
    Path directory = export.directory().toRealPath();
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(export.directory().toString());
    }
    LinuxVolume volume = find(directory);
    if (volume == null) {
      volume = LinuxVolume.open(directory, Options.of(state.pathOfExport(directory)));
      fresh.add(directory);
      synchronized (volumes) {
        volumes.put(directory, new OpenVolume(volume));
      }
    }
    return new ExportDefinition(volume, export.rules(), export.copySource());
  }

  private @Nullable LinuxVolume find(Path directory) {
    synchronized (volumes) {
      OpenVolume found = volumes.get(directory);
      return found == null ? null : found.volume;
    }
  }

  @GuardedBy("volumes")
  private OpenVolume openVolume(Path directory) {
    OpenVolume found = volumes.get(directory);
    if (found == null) {
      throw new IllegalStateException("not open: " + directory);
    }
    return found;
  }

  private static List<Path> realPaths(List<ServedDirectory> exports) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (ServedDirectory export : exports) {
      paths.add(export.directory().toRealPath());
    }
    return paths;
  }

  /** Returns the open volumes. */
  Collection<LinuxVolume> volumes() {
    synchronized (volumes) {
      return volumes.values().stream().map(openVolume -> openVolume.volume).toList();
    }
  }

  @Override
  public List<ExportStatus> exports() {
    List<ExportStatus> lines = new ArrayList<>();
    for (ServedDirectory export : served) {
      export.rules().forEach(rule -> lines.add(status(export, rule)));
    }
    return lines;
  }

  private static ExportStatus status(ServedDirectory export, ExportRule rule) {
    boolean isOpen = rule.networks().equals(ExportRule.EVERYWHERE);
    return new ExportStatus(
        export.path(),
        export.directory().toAbsolutePath().normalize().toString(),
        isOpen ? List.of("any") : rule.networks().stream().map(Object::toString).toList(),
        rule.readOnly(),
        switch (rule.squash().who()) {
          case NOBODY -> "none";
          case ROOT -> "root";
          case EVERYBODY -> "all";
        },
        rule.squash().anonymousUid(),
        rule.squash().anonymousGid(),
        rule.flavors().stream().map(flavor -> flavor.name().toLowerCase(Locale.ROOT)).toList());
  }

  @Override
  public CompletableFuture<ReloadReport> reload() {
    CompletableFuture<ReloadReport> answer = new CompletableFuture<>();
    if (!pool.tryExecute(() -> reload(answer))) {
      answer.complete(failed("other reloads are pending; try again when they are done"));
    }
    return answer;
  }

  private static ReloadReport failed(String message) {
    return new ReloadReport(false, message.lines().toList());
  }

  private void reload(CompletableFuture<ReloadReport> answer) {
    try {
      NfsServer running = server;
      ConfigSource source = configSource;
      if (running == null || source == null) {
        answer.complete(
            failed("this server was started without --config, so there is no file to reload"));
      } else {
        reload(running, source, answer);
      }
    } catch (RuntimeException | Error fault) {
      answer.completeExceptionally(fault);
    }
  }

  private void reload(
      NfsServer running, ConfigSource source, CompletableFuture<ReloadReport> answer) {
    ConfigSource.Config next;
    try {
      next = source.read();
    } catch (IOException e) {
      answer.complete(failed("the file cannot be read: " + ErrorText.text(e)));
      return;
    } catch (IllegalArgumentException e) {
      answer.complete(failed(String.valueOf(e.getMessage())));
      return;
    }
    List<Path> fresh = new ArrayList<>();
    SequencedMap<String, ExportDefinition> entries = new LinkedHashMap<>();
    String problem = open(next.exports(), source, entries, fresh);
    CompletableFuture<Void> unused = CompletableFuture.completedFuture(null);
    if (problem == null) {
      try {
        unused = running.replaceExports(entries);
      } catch (IllegalArgumentException e) {
        problem = where(source, next.exports(), e) + e.getMessage();
      }
    }
    if (problem != null) {
      fresh.forEach(this::close);
      answer.complete(failed(problem));
      return;
    }
    List<String> lines = new ArrayList<>(ExportChanges.between(served, next.exports()));
    next.ignored()
        .forEach(key -> lines.add(key + ": takes effect at the next start of the server"));
    served = next.exports();
    watch(served);
    answerWhen(closeRemoved(entries, unused), lines, answer);
  }

  /** Opens the directories that are not open yet. Returns an error with its position, or null. */
  private @Nullable String open(
      List<ServedDirectory> exports,
      ConfigSource source,
      SequencedMap<String, ExportDefinition> entries,
      List<Path> fresh) {
    for (int i = 0; i < exports.size(); i++) {
      ServedDirectory export = exports.get(i);
      try {
        entries.put(export.path(), entry(export, fresh));
      } catch (IOException e) {
        return source.where(i, "path") + export.directory() + ": " + ErrorText.text(e);
      }
    }
    try {
      ServerFolder own = folder;
      if (own != null) {
        own.remember(exports.stream().map(ServedDirectory::directory).toList());
      }
    } catch (IOException e) {
      return "the state folder cannot be written: " + ErrorText.text(e);
    }
    return null;
  }

  private static String where(
      ConfigSource source, List<ServedDirectory> exports, IllegalArgumentException e) {
    if (e instanceof ExportException about) {
      for (int i = 0; i < exports.size(); i++) {
        if (exports.get(i).path().equals(about.path())) {
          return source.where(i, "pseudo-path");
        }
      }
    }
    return "";
  }

  /**
   * Closes the volumes of removed exports when no request uses them. Completes when they are
   * closed.
   */
  private CompletableFuture<Void> closeRemoved(
      SequencedMap<String, ExportDefinition> entries, CompletableFuture<Void> unused) {
    List<Path> removed = new ArrayList<>();
    synchronized (volumes) {
      volumes.forEach((directory, openVolume) -> {
        boolean isServed =
            entries.values().stream().anyMatch(entry -> entry.volume().equals(openVolume.volume));
        if (openVolume.isServed && !isServed) {
          openVolume.drains++;
          removed.add(directory);
        }
        openVolume.isServed = isServed;
      });
    }
    return unused
        .exceptionally(fault -> {
          LOG.log(
              System.Logger.Level.ERROR,
              "the state of a removed export could not be closed",
              fault);
          return null;
        })
        .thenCompose(_ -> releaseOnPool(removed));
  }

  /** The last request may end on a connection's thread, which must not wait for a disk. */
  private CompletableFuture<Void> releaseOnPool(List<Path> removed) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Runnable work =
        () -> {
          removed.forEach(this::release);
          done.complete(null);
        };
    if (removed.isEmpty() || !pool.tryExecute(work)) {
      work.run();
    }
    return done;
  }

  private void release(Path directory) {
    synchronized (volumes) {
      OpenVolume openVolume = volumes.get(directory);
      if (openVolume == null || --openVolume.drains > 0 || openVolume.isServed) {
        return;
      }
    }
    close(directory);
  }

  private void close(Path directory) {
    OpenVolume openVolume;
    synchronized (volumes) {
      openVolume = volumes.remove(directory);
    }
    if (openVolume != null) {
      try {
        openVolume.volume.close();
      } catch (StorageException e) {
        LOG.log(System.Logger.Level.ERROR, "the state of " + directory + " was not saved", e);
      }
    }
  }

  private void answerWhen(
      CompletableFuture<Void> closed, List<String> lines, CompletableFuture<ReloadReport> answer) {
    var _ = closed.thenRun(() -> answer.complete(new ReloadReport(true, lines)));
    if (!answer.isDone()) {
      List<String> more = new ArrayList<>(lines);
      more.add(
          "earlier requests still use removed exports, which are closed when the requests end");
      env.timers().schedule(DRAIN_TIME_MAX, () -> answer.complete(new ReloadReport(true, more)));
    }
  }

  /** Rejects further reloads, and closes the volumes. */
  @Override
  public void close() throws IOException {
    pool.close();
    watch.close();
    @Nullable IOException failure = null;
    for (LinuxVolume volume : volumes()) {
      try {
        volume.close();
      } catch (StorageException e) {
        failure =
            new IOException("the state of a directory could not be saved: " + e.getMessage(), e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
