package io.ferrynfs.cli;

import io.ferrynfs.cli.base.ByteText;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.cli.copy.Ancestors;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Listing;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.Places;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    name = "ls",
    description = {
      "List directories in the order of the server.",
      "Without -a or --json, names that begin with a dot are omitted, as by ls(1)."
    })
final class LsCommand extends PlaceCommand {
  @Option(names = "-a", description = "Include names that begin with a dot.")
  private boolean all;

  @Option(names = "-d", description = "List directories themselves, not their content.")
  private boolean directories;

  @Option(names = "-h", description = "Print sizes with units: 1.50 MiB.")
  private boolean human;

  @Option(names = "-l", description = "Print type, mode, links, owner, size and time.")
  private boolean longFormat;

  @Option(names = "-R", description = "List subdirectories recursively.")
  private boolean recursive;

  @Option(names = "-t", description = "Sort by time, newest first.")
  private boolean byTime;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Parameters(
      arity = "1..*",
      paramLabel = "PLACE",
      description = "nfs://host[:port]/path, or a path.")
  private List<String> places = List.of();

  private int exit = ExitCode.OK;

  @Override
  public Integer call() {
    try (Places of = places()) {
      return Math.max(forEach(of, places, (_, place) -> list(place)), exit);
    }
  }

  private void list(Place given) throws IOException {
    FileInfo info = given.info();
    Place place = given;
    if (info.isSymlink() && !directories) {
      place = given.followed();
      info = place.info();
    }
    if (directories || !info.isDirectory()) {
      print(new Listing.Entry(given, info));
      return;
    }
    listDirectory(place, info, given.shown(), new Ancestors());
  }

  private void listDirectory(Place place, FileInfo info, String shown, Ancestors ancestors)
      throws IOException {
    if ((places.size() > 1 || recursive) && !json) {
      console.line(shown + ":");
    }
    List<Listing.Entry> remaining = new ArrayList<>();
    ancestors.enter(info);
    try (Listing listing = place.list()) {
      for (Listing.Item item = listing.next(); item != null; item = listing.next()) {
        switch (item) {
          case Listing.Unusable(String name, IOException why) -> failed(name, why);
          case Listing.Entry entry -> {
            if (!byTime) {
              show(entry);
            }
            if (byTime || (recursive && entry.info().isDirectory())) {
              remaining.add(entry);
            }
          }
        }
      }
    }
    if (byTime) {
      remaining.sort(
          Comparator.comparing((Listing.Entry entry) -> entry.info().modifyTime()).reversed());
      for (Listing.Entry entry : remaining) {
        show(entry);
      }
    }
    if (recursive) {
      listBelow(remaining, ancestors);
    }
    ancestors.leave(info);
  }

  private void listBelow(List<Listing.Entry> entries, Ancestors ancestors) {
    for (Listing.Entry entry : entries) {
      if (entry.info().isDirectory() && isShown(entry)) {
        if (!json) {
          console.line("");
        }
        Place place = entry.place();
        try {
          listDirectory(place, entry.info(), place.shown(), ancestors);
        } catch (IOException e) {
          failed(place.shown(), e);
        }
      }
    }
  }

  private void failed(String shown, IOException why) {
    console.error(shown, why);
    exit = Math.max(exit, ExitCode.of(why));
  }

  private boolean isShown(Listing.Entry entry) {
    byte[] name = entry.place().nameBytes();
    return all || json || name.length == 0 || name[0] != '.';
  }

  private void show(Listing.Entry entry) {
    try {
      if (isShown(entry)) {
        print(entry);
      }
    } catch (IOException e) {
      failed(entry.place().shown(), e);
    }
  }

  private void print(Listing.Entry entry) throws IOException {
    byte[] name = entry.place().nameBytes();
    FileInfo info = entry.info();
    if (json) {
      Map<String, Object> fields = fields(name, info);
      if (info.isSymlink()) {
        putBytes(fields, "target", entry.place().readSymlink());
      }
      if (recursive) {
        putBytes(fields, "path", entry.place().spelled());
      }
      console.line(Json.object(fields));
      return;
    }
    String shown = name.length == 0 ? entry.place().shown() : Printable.name(name);
    console.line(longFormat ? longLine(entry, shown) : shown);
  }

  private String longLine(Listing.Entry entry, String shown) throws IOException {
    FileInfo info = entry.info();
    return String.format(
        Locale.ROOT,
        "%s %4d %8s %8s %14s  %s  %s%s",
        info.modeText(),
        info.links(),
        Printable.name(info.owner()),
        Printable.name(info.group()),
        size(info),
        StatCommand.time(info.modifyTime()),
        shown,
        info.isSymlink() ? " -> " + Printable.name(entry.place().readSymlink()) : "");
  }

  /** Returns the size, or the device numbers as ls(1) does. */
  private String size(FileInfo info) {
    if (info.isDevice()) {
      return info.deviceMajor() + ", " + info.deviceMinor();
    }
    return human ? Units.bytes(info.sizeBytes()) : Units.count(info.sizeBytes());
  }

  static Map<String, Object> fields(byte[] name, FileInfo info) {
    Map<String, Object> fields = new LinkedHashMap<>();
    putBytes(fields, "name", name);
    fields.put("type", info.kind().name().toLowerCase(Locale.ROOT));
    fields.put("mode", String.format(Locale.ROOT, "%04o", info.mode()));
    fields.put("links", info.links());
    fields.put("owner", info.owner());
    fields.put("group", info.group());
    fields.put("sizeBytes", info.sizeBytes());
    if (info.usedBytes() >= 0) {
      fields.put("usedBytes", info.usedBytes());
    }
    if (info.hasIdentity()) {
      fields.put("inode", info.number());
    }
    if (info.isDevice()) {
      fields.put("deviceMajor", info.deviceMajor());
      fields.put("deviceMinor", info.deviceMinor());
    }
    fields.put("accessTime", info.accessTime().toString());
    fields.put("modifyTime", info.modifyTime().toString());
    return fields;
  }

  /** Adds a field for bytes. If they are not UTF-8, a second field has them in base64. */
  static void putBytes(Map<String, Object> fields, String field, byte[] bytes) {
    fields.put(field, new String(bytes, StandardCharsets.UTF_8));
    if (!ByteText.isUtf8(bytes)) {
      fields.put(field + "Base64", Base64.getEncoder().encodeToString(bytes));
    }
  }
}
