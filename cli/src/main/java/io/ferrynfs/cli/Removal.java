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
 * Removes files and trees. What cannot be removed is told, and the rest goes on; the directories
 * that it is in stay.
 */
final class Removal {
  /** As many entries as are held at once, of a directory that may have millions. */
  private static final int BATCH = 10_000;

  private final BiConsumer<String, IOException> told;
  private final BiPredicate<Place, FileInfo> mayGo;
  private final Ancestors ancestors = new Ancestors();
  private long failures;

  /**
   * @param told told the name and the reason of what is not removed
   * @param mayGo whether a file that is no directory, as it is now, may be removed
   */
  Removal(BiConsumer<String, IOException> told, BiPredicate<Place, FileInfo> mayGo) {
    this.told = told;
    this.mayGo = mayGo;
  }

  /**
   * Checks that a place which the user named is one to remove, as rm(1) does.
   *
   * @param text the name that the user gave
   * @throws IOException if it is a root, an export, a mount point, or named by {@code .} or {@code
   *     ..}, under which a person may mean another directory
   */
  static void checkGiven(String text, Place place) throws IOException {
    if (Notation.endsInDots(text)) {
      throw new IOException("a directory is removed by its own name, not by . or ..");
    }
    if (place.nameBytes().length == 0) {
      throw new IOException("is a root and is not removed");
    }
    FileInfo info = place.infoIfPresent();
    if (info != null && !info.isDirectory() && Notation.endsInSlash(text)) {
      throw new IOException("is not a directory");
    }
    if (info != null && info.isDirectory() && isElsewhere(info, place.parent().info())) {
      throw new IOException("is an export or a mount point and is not removed");
    }
  }

  /** Whether a directory belongs to another file system than the one that it is in. */
  private static boolean isElsewhere(FileInfo directory, FileInfo above) {
    return directory.isMountRoot() || !directory.fileSystem().equals(above.fileSystem());
  }

  /** Removes a file, or a directory with all that is in it. */
  void remove(Place place, FileInfo info) {
    try {
      if (info.isDirectory()) {
        long before = failures;
        empty(place, info);
        if (failures > before) {
          // What stays in it has been told.
          return;
        }
      } else if (!mayGo.test(place, info)) {
        throw new IOException("came or changed while it was moved, so it stays");
      }
      place.remove(info);
    } catch (IOException e) {
      failed(place.shown(), e);
    }
  }

  private void failed(String shown, IOException why) {
    failures++;
    told.accept(shown, why);
  }

  private void empty(Place directory, FileInfo info) throws IOException {
    ancestors.enter(info);
    try {
      Fingerprints staying = new Fingerprints();
      for (List<Listing.Item> batch = batch(directory, staying);
          !batch.isEmpty();
          batch = batch(directory, staying)) {
        for (Listing.Item item : batch) {
          long before = failures;
          removeItem(item, info);
          if (failures > before) {
            staying.add(fingerprint(item));
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
        if (info.isDirectory() && isElsewhere(info, above)) {
          failed(place.shown(), new IOException("is an export or a mount point and stays"));
        } else {
          remove(place, info);
        }
      }
    }
  }

  /** Entries that were not tried yet, read before one is removed, which could move the cookies. */
  private static List<Listing.Item> batch(Place directory, Fingerprints staying)
      throws IOException {
    List<Listing.Item> items = new ArrayList<>();
    try (Listing listing = directory.list()) {
      for (Listing.Item item = listing.next();
          item != null && items.size() < BATCH;
          item = listing.next()) {
        if (!staying.contains(fingerprint(item))) {
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
