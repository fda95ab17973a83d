package io.ferrynfs.cli;

import io.ferrynfs.cli.copy.CopyReport;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.FileKind;
import io.ferrynfs.cli.place.LocalPlace;
import io.ferrynfs.cli.place.Notation;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.Places;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The sources of {@code cp} and {@code mv} and their destinations, as with cp(1). */
final class Targets {
  private static final byte[] STANDARD_OUTPUT = "/proc/self/fd/1".getBytes(StandardCharsets.UTF_8);

  private final Places places;
  private final List<String> sources;
  private final Place target;

  /** Whether the target is the directory for the copies. */
  private final boolean intoDirectory;

  /** An operation on one source. */
  interface Action {
    void on(String text, Place source, Place end) throws IOException;
  }

  private Targets(Places places, List<String> sources, Place target, boolean intoDirectory) {
    this.places = places;
    this.sources = sources;
    this.target = target;
    this.intoDirectory = intoDirectory;
  }

  /**
   * Determines the destinations.
   *
   * @param texts the sources, then the target
   * @param asNamed whether the target is the copy itself, not a directory for it
   * @throws IOException if the target must be a directory but is not
   */
  static Targets of(Places places, List<String> texts, boolean asNamed) throws IOException {
    if (texts.size() < 2) {
      throw new IllegalArgumentException("missing target after " + texts.getFirst());
    }
    List<String> sources = texts.subList(0, texts.size() - 1);
    // Report errors of notation before anything is done.
    texts.forEach(Notation::url);
    String text = texts.getLast();
    Place target = places.of(text);
    FileInfo existing = target.infoIfPresent();
    if (existing != null && existing.isSymlink() && !asNamed) {
      target = target.followed();
      existing = target.info();
    }
    boolean isDirectory = existing != null && existing.isDirectory();
    boolean mustBeDirectory = sources.size() > 1 || Notation.endsInSlash(text);
    if (mustBeDirectory
        && !isDirectory
        && !(existing == null && createsDirectory(places, sources, text))) {
      throw new IOException(existing == null ? "no such directory" : "is not a directory");
    }
    return new Targets(places, sources, target, isDirectory && !asNamed);
  }

  /**
   * Returns whether the target may be created: with {@code cp -r A new/}, where A is a directory,
   * cp(1) creates {@code new}.
   */
  private static boolean createsDirectory(Places places, List<String> sources, String text)
      throws IOException {
    if (sources.size() != 1 || !Notation.endsInSlash(text)) {
      return false;
    }
    Place source = places.of(sources.getFirst());
    try {
      FileInfo info = source.infoIfPresent();
      return info != null && info.isDirectory();
    } finally {
      places.release(source);
    }
  }

  /** Returns whether the target is the standard output of this command, and is kept. */
  boolean isStandardOutput() throws IOException {
    FileInfo existing = target.infoIfPresent();
    if (existing == null || !(target instanceof LocalPlace)) {
      return false;
    }
    if (!existing.isRegular() && existing.kind() != FileKind.FIFO) {
      // A terminal and /dev/null do not keep the output.
      return false;
    }
    try (LocalPlace output = LocalPlace.of(STANDARD_OUTPUT)) {
      FileInfo printed = output.followed().infoIfPresent();
      return printed != null && printed.isSameFile(existing);
    }
  }

  /** Runs an operation for each source. A failure is recorded, and the next source follows. */
  void forEach(CopyReport report, Action action) {
    for (String text : sources) {
      if (report.running().isStopped()) {
        return;
      }
      Place source = null;
      try {
        source = places.of(text);
        Notation.checkSlash(text, source);
        action.on(text, source, destination(source, text));
      } catch (IOException e) {
        report.failed(Notation.shown(text, source), e);
      } finally {
        if (source != null) {
          places.release(source);
        }
      }
    }
  }

  private Place destination(Place source, String text) throws IOException {
    byte[] name = source.nameBytes();
    // "A/." is the content of A.
    return intoDirectory && name.length > 0 && !Notation.endsInDots(text)
        ? target.child(name)
        : target;
  }
}
