package io.ferrynfs.cli.serve;

import io.ferrynfs.cli.admin.ExportDirectory;
import io.ferrynfs.cli.admin.ExportProblem;
import io.ferrynfs.cli.admin.ExportStatus;
import io.ferrynfs.cli.admin.ReloadReport;
import io.ferrynfs.cli.base.Failures;
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
 * The directories of a running server and their volumes, which may become others. Volumes are known
 * by their directories, so that an export keeps all that clients hold of it, whatever else of it
 * changes; the directory's folder of state keeps its filehandles valid over a restart.
 *
 * <p>Reloads are done one after the other, on a thread of their own.
 */
final class ServedExports implements ExportDirectory, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.ferrynfs.cli.serve");

  /** How long a reload is not answered because requests use what was taken away. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int RELOADS_WAITING_MAX = 4;

  private final Env env;
  private final StateFolder state;
  private final Pool pool;
  private final ExportWatch watch;
  private volatile List<ServedDirectory> served = List.of();

  // Set when the server is there.
  private volatile @Nullable NfsServer server;
  private volatile @Nullable ServerFolder folder;
  private volatile @Nullable Rereading rereading;
  private volatile Supplier<@Nullable String> unrecorded = () -> null;

  /** By the real path of the directory; guarded by itself. */
  private final Map<Path, Opened> volumes = new LinkedHashMap<>();

  /** A volume that is open. */
  private static final class Opened {
    final LinuxVolume volume;
    boolean isServed;

    /** How often it was taken away and may still be in use. */
    int leaving;

    Opened(LinuxVolume volume) {
      this.volume = volume;
    }
  }

  ServedExports(Env env, StateFolder state) {
    this.env = env;
    this.state = state;
    pool = env.pool("ferry-reload", 1, RELOADS_WAITING_MAX);
    watch = new ExportWatch(env, LOG);
  }

  /** The first ones. */
  SequencedMap<String, ExportDefinition> begin(List<ServedDirectory> exports) throws IOException {
    SequencedMap<String, ExportDefinition> entries = new LinkedHashMap<>();
    for (ServedDirectory export : exports) {
      entries.put(export.path(), entry(export, new ArrayList<>()));
    }
    served = List.copyOf(exports);
    List<Path> directories = realPaths(exports);
    synchronized (volumes) {
      directories.forEach(directory -> opened(directory).isServed = true);
    }
    return entries;
  }

  /**
   * From now on there may be others.
   *
   * @param whyUnrecorded why clients are not recorded, or null
   * @param source where it learns of them
   */
  void serving(
      NfsServer running,
      ServerFolder itsFolder,
      Supplier<@Nullable String> whyUnrecorded,
      @Nullable Rereading source) {
    server = running;
    unrecorded = whyUnrecorded;
    folder = itsFolder;
    rereading = source;
    watch(served);
  }

  private void watch(List<ServedDirectory> exports) {
    SequencedMap<String, ExportWatch.Look> looks = new LinkedHashMap<>();
    for (ServedDirectory export : exports) {
      try {
        LinuxVolume volume = find(export.directory().toRealPath());
        if (volume != null) {
          looks.put(export.path(), new DirectoryLook(export.directory(), volume));
        }
      } catch (IOException e) {
        // It has been opened just now, and is gone again.
        String text = export.directory() + ": " + Failures.text(e);
        looks.put(export.path(), () -> new ExportProblem("gone", text));
      }
    }
    ServerFolder own = folder;
    watch.watch(looks, own == null ? null : new StateLook(own.path(), unrecorded));
  }

  @Override
  public SequencedMap<String, ExportProblem> problems() {
    return watch.problems();
  }

  private ExportDefinition entry(ServedDirectory export, List<Path> fresh) throws IOException {
    Path directory = export.directory().toRealPath();
    LinuxVolume volume = find(directory);
    if (volume == null) {
      volume = LinuxVolume.open(directory, Options.of(state.ofExport(directory)));
      fresh.add(directory);
      synchronized (volumes) {
        volumes.put(directory, new Opened(volume));
      }
    }
    return new ExportDefinition(volume, export.rules(), export.copySource());
  }

  private @Nullable LinuxVolume find(Path directory) {
    synchronized (volumes) {
      Opened found = volumes.get(directory);
      return found == null ? null : found.volume;
    }
  }

  /** Called under the lock. */
  private Opened opened(Path directory) {
    Opened found = volumes.get(directory);
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

  /** The volumes that are open. */
  Collection<LinuxVolume> volumes() {
    synchronized (volumes) {
      return volumes.values().stream().map(opened -> opened.volume).toList();
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
        export.directory().toString(),
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
      answer.complete(failed("other reloads are under way; ask again when they are done"));
    }
    return answer;
  }

  private static ReloadReport failed(String message) {
    return new ReloadReport(false, message.lines().toList());
  }

  private void reload(CompletableFuture<ReloadReport> answer) {
    try {
      NfsServer running = server;
      Rereading source = rereading;
      if (running == null || source == null) {
        answer.complete(
            failed("this server was started without --config, so there is no file to read again"));
      } else {
        reload(running, source, answer);
      }
    } catch (RuntimeException | Error fault) {
      answer.completeExceptionally(fault);
    }
  }

  private void reload(NfsServer running, Rereading source, CompletableFuture<ReloadReport> answer) {
    Rereading.Reread next;
    try {
      next = source.read();
    } catch (IOException e) {
      answer.complete(failed("the file cannot be read: " + Failures.text(e)));
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
        .forEach(key -> lines.add(key + ": takes effect when the server is started again"));
    served = next.exports();
    watch(served);
    answerWhen(leave(entries, unused), lines, answer);
  }

  /** Opens what is not open yet; says what is wrong, with the place. */
  private @Nullable String open(
      List<ServedDirectory> exports,
      Rereading source,
      SequencedMap<String, ExportDefinition> entries,
      List<Path> fresh) {
    for (int i = 0; i < exports.size(); i++) {
      ServedDirectory export = exports.get(i);
      try {
        entries.put(export.path(), entry(export, fresh));
      } catch (IOException e) {
        return source.where(i, "path") + export.directory() + ": " + Failures.text(e);
      }
    }
    try {
      ServerFolder own = folder;
      if (own != null) {
        own.remember(exports.stream().map(ServedDirectory::directory).toList());
      }
    } catch (IOException e) {
      return "the state folder cannot be written: " + Failures.text(e);
    }
    return null;
  }

  private static String where(
      Rereading source, List<ServedDirectory> exports, IllegalArgumentException e) {
    if (e instanceof ExportException about) {
      for (int i = 0; i < exports.size(); i++) {
        if (exports.get(i).path().equals(about.path())) {
          return source.where(i, "pseudo-path");
        }
      }
    }
    return "";
  }

  /** Closes what is not served any more as soon as nothing uses it, and tells when that is done. */
  private CompletableFuture<Void> leave(
      SequencedMap<String, ExportDefinition> entries, CompletableFuture<Void> unused) {
    List<Path> left = new ArrayList<>();
    synchronized (volumes) {
      volumes.forEach((directory, opened) -> {
        boolean isServed =
            entries.values().stream().anyMatch(entry -> entry.volume().equals(opened.volume));
        if (opened.isServed && !isServed) {
          opened.leaving++;
          left.add(directory);
        }
        opened.isServed = isServed;
      });
    }
    return unused
        .exceptionally(fault -> {
          LOG.log(System.Logger.Level.ERROR, "what clients held could not be closed", fault);
          return null;
        })
        .thenCompose(_ -> goneOnPool(left));
  }

  /** The last request may have ended on a connection's thread, which is not for disks. */
  private CompletableFuture<Void> goneOnPool(List<Path> left) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Runnable work =
        () -> {
          left.forEach(this::gone);
          done.complete(null);
        };
    if (left.isEmpty() || !pool.tryExecute(work)) {
      work.run();
    }
    return done;
  }

  private void gone(Path directory) {
    synchronized (volumes) {
      Opened opened = volumes.get(directory);
      if (opened == null || --opened.leaving > 0 || opened.isServed) {
        return;
      }
    }
    close(directory);
  }

  private void close(Path directory) {
    Opened opened;
    synchronized (volumes) {
      opened = volumes.remove(directory);
    }
    if (opened != null) {
      try {
        opened.volume.close();
      } catch (StorageException e) {
        LOG.log(System.Logger.Level.ERROR, "the state of " + directory + " is not saved", e);
      }
    }
  }

  private void answerWhen(
      CompletableFuture<Void> closed, List<String> lines, CompletableFuture<ReloadReport> answer) {
    var _ = closed.thenRun(() -> answer.complete(new ReloadReport(true, lines)));
    if (!answer.isDone()) {
      List<String> more = new ArrayList<>(lines);
      more.add("requests from before still use what was taken away; it is closed when they end");
      env.timers().schedule(PATIENCE, () -> answer.complete(new ReloadReport(true, more)));
    }
  }

  /** Takes no more reloads, and closes the volumes. */
  @Override
  public void close() throws IOException {
    pool.close();
    watch.close();
    @Nullable IOException failure = null;
    for (LinuxVolume volume : volumes()) {
      try {
        volume.close();
      } catch (StorageException e) {
        failure = new IOException("a directory's state could not be saved: " + e.getMessage(), e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
