package io.ferrynfs.cli;

import io.ferrynfs.cli.copy.Ancestors;
import io.ferrynfs.cli.copy.Fingerprints;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Listing;
import io.ferrynfs.cli.place.Notation;
import io.ferrynfs.cli.place.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/**
 * Removes files and trees. A file that cannot be removed is reported, and its parent directories
 * stay; the removal continues with the others.
 */
final class Removal {
  /** The number of entries to read at once from a directory that may have millions. */
  private static final int BATCH = 10_000;

  private final BiConsumer<String, IOException> onFailure;
  private final BiPredicate<Place, FileInfo> mayRemove;
  private final Ancestors ancestors = new Ancestors();
  private long failures;

  /**
   * Creates a removal.
   *
   * @param onFailure receives the name and the error of each file that is not removed
   * @param mayRemove whether a file, given its current attributes, may be removed; not called for
   *     directories
   */
  Removal(BiConsumer<String, IOException> onFailure, BiPredicate<Place, FileInfo> mayRemove) {
    this.onFailure = onFailure;
    this.mayRemove = mayRemove;
  }

  /**
   * Checks that a place may be removed, as rm(1) does.
   *
   * @param text the name that the user gave
   * @throws IOException if it is a root, an export, a mount point, or named by {@code .} or {@code
   *     ..}, because the user may mean another directory
   */
  static void checkGiven(String text, Place place) throws IOException {
    if (Notation.endsInDots(text)) {
      throw new IOException("cannot remove a directory by the name . or ..");
    }
    if (place.nameBytes().length == 0) {
      throw new IOException("is a root and is not removed");
    }
    FileInfo info = place.infoIfPresent();
    if (info != null && !info.isDirectory() && Notation.endsInSlash(text)) {
      throw new IOException("is not a directory");
    }
    if (info != null && info.isDirectory() && isOtherFileSystem(info, place.parent().info())) {
      throw new IOException("is an export or a mount point and is not removed");
    }
  }

  /** Returns whether a directory is on another file system than its parent. */
  private static boolean isOtherFileSystem(FileInfo directory, FileInfo above) {
    return directory.isMountRoot() || !directory.fileSystem().equals(above.fileSystem());
  }

  /** Removes a file, or a directory and its content. */
  void remove(Place place, FileInfo info) {
    try {
      if (info.isDirectory()) {
        long before = failures;
        empty(place, info);
        if (failures > before) {
          // The entries that remain were reported.
          return;
        }
      } else if (!mayRemove.test(place, info)) {
        throw new IOException("appeared or changed during the move and was not removed");
      }
      place.remove(info);
    } catch (IOException e) {
      failed(place.shown(), e);
    }
  }

  private void failed(String shown, IOException why) {
    failures++;
    onFailure.accept(shown, why);
  }

  private void empty(Place directory, FileInfo info) throws IOException {
    ancestors.enter(info);
    try {
      Fingerprints remaining = new Fingerprints();
      for (List<Listing.Item> batch = batch(directory, remaining);
          !batch.isEmpty();
          batch = batch(directory, remaining)) {
        for (Listing.Item item : batch) {
          long before = failures;
          removeItem(item, info);
          if (failures > before) {
            remaining.add(fingerprint(item));
          }
        }
      }
    } finally {
      ancestors.leave(info);
    }
  }

  private void removeItem(Listing.Item item, FileInfo above) {
    switch (item) {
      case Listing.Unusable(String shown, IOException why) -> failed(shown, why);
      case Listing.Entry(Place place, FileInfo info) -> {
        if (info.isDirectory() && isOtherFileSystem(info, above)) {
          failed(
              place.shown(), new IOException("is an export or a mount point and was not removed"));
        } else {
          remove(place, info);
        }
      }
    }
  }

  /**
   * Returns entries that were not tried yet. They are read before any is removed, because a removal
   * may invalidate the cookies.
   */
  private static List<Listing.Item> batch(Place directory, Fingerprints remaining)
      throws IOException {
    List<Listing.Item> items = new ArrayList<>();
    try (Listing listing = directory.list()) {
      for (Listing.Item item = listing.next();
          item != null && items.size() < BATCH;
          item = listing.next()) {
        if (!remaining.contains(fingerprint(item))) {
          items.add(item);
        }
      }
    }
    return items;
  }

  private static long fingerprint(Listing.Item item) {
    return switch (item) {
      case Listing.Unusable(String shown, IOException _) -> Fingerprints.of(shown);
      case Listing.Entry(Place place, FileInfo _) -> Fingerprints.of(place.nameBytes());
    };
  }
}
