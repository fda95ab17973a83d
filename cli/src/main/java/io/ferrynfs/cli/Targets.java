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

/** The sources of {@code cp} and {@code mv} and where each of them goes, as cp(1) has it. */
final class Targets {
  private static final byte[] STANDARD_OUTPUT = "/proc/self/fd/1".getBytes(StandardCharsets.UTF_8);

  private final Places places;
  private final List<String> sources;
  private final Place target;

  /** Whether what is copied goes into the target, under the name that it has. */
  private final boolean intoDirectory;

  /** What is done with one source, and the text by which the user named it. */
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
   * Finds out where the sources go.
   *
   * @param texts the sources, and last the target
   * @param asNamed whether the target is the name of the copy, not a directory to put it in
   * @throws IOException if the target has to be a directory and is none
   */
  static Targets of(Places places, List<String> texts, boolean asNamed) throws IOException {
    if (texts.size() < 2) {
      throw new IllegalArgumentException("there is no target after " + texts.getFirst());
    }
    List<String> sources = texts.subList(0, texts.size() - 1);
    // A wrong word anywhere is told before anything is done.
    texts.forEach(Notation::url);
    String text = texts.getLast();
    Place target = places.of(text);
    FileInfo there = target.infoIfPresent();
    if (there != null && there.isSymlink() && !asNamed) {
      target = target.followed();
      there = target.info();
    }
    boolean isDirectory = there != null && there.isDirectory();
    boolean mustBeDirectory = sources.size() > 1 || Notation.endsInSlash(text);
    if (mustBeDirectory
        && !isDirectory
        && !(there == null && onlyNamesDirectory(places, sources, text))) {
      throw new IOException(there == null ? "no such directory" : "is not a directory");
    }
    return new Targets(places, sources, target, isDirectory && !asNamed);
  }

  /** {@code cp -r A new/} makes {@code new}, as cp(1) does, where A is a directory. */
  private static boolean onlyNamesDirectory(Places places, List<String> sources, String text)
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

  /** Whether the target is where this command prints its results. */
  boolean isStandardOutput() throws IOException {
    FileInfo there = target.infoIfPresent();
    if (there == null || !(target instanceof LocalPlace)) {
      return false;
    }
    if (!there.isRegular() && there.kind() != FileKind.FIFO) {
      // What a terminal or /dev/null gets is not kept.
      return false;
    }
    try (LocalPlace output = LocalPlace.of(STANDARD_OUTPUT)) {
      FileInfo printed = output.followed().infoIfPresent();
      return printed != null && printed.isSameFile(there);
    }
  }

  /** Does it for each source in turn; one that fails is noted and the others are still done. */
  void forEach(CopyReport report, Action action) {
    for (String text : sources) {
      if (report.running().isStopped()) {
        return;
      }
      Place source = null;
      try {
        source = places.of(text);
        Notation.checkSlash(text, source);
        action.on(text, source, endOf(source, text));
      } catch (IOException e) {
        report.failed(Notation.shown(text, source), e);
      } finally {
        if (source != null) {
          places.release(source);
        }
      }
    }
  }

  private Place endOf(Place source, String text) throws IOException {
    byte[] name = source.nameBytes();
    // "A/." is what is in A.
    return intoDirectory && name.length > 0 && !Notation.endsInDots(text)
        ? target.child(name)
        : target;
  }
}
