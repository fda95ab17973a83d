package ferry.cli;

import ferry.cli.base.Units;
import ferry.cli.place.FileInfo;
import ferry.cli.place.Place;
import ferry.cli.place.Places;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    name = "ls",
    description = "List directories, in the order in which the server keeps them.")
final class LsCommand extends Command {
  @Option(names = "-l", description = "With type, mode, links, owner, size and time.")
  private boolean longFormat;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Parameters(
      arity = "1..*",
      paramLabel = "PLACE",
      description = "nfs://host[:port]/path, or a path.")
  private List<String> places = List.of();

  @Override
  public Integer call() {
    try (Places all = new Places()) {
      return forEach(all, places, this::list);
    }
  }

  private void list(Place given) throws IOException {
    if (places.size() > 1 && !json) {
      console.line(given.shown() + ":");
    }
    Place place = given.followed();
    FileInfo info = place.info();
    if (!info.isDirectory()) {
      print(new Place.Entry(given, info));
      return;
    }
    try (Stream<Place.Entry> entries = place.list()) {
      for (Place.Entry entry : (Iterable<Place.Entry>) entries::iterator) {
        print(entry);
      }
    }
  }

  private void print(Place.Entry entry) throws IOException {
    String name = new String(entry.place().nameBytes(), StandardCharsets.UTF_8);
    FileInfo info = entry.info();
    if (json) {
      console.line(Json.object(fields(name, info)));
    } else if (longFormat) {
      String target = info.isSymlink() ? " -> " + utf8(entry.place().readSymlink()) : "";
      console.line(
          String.format(
              Locale.ROOT,
              "%s %4d %8s %8s %14s  %s  %s%s",
              info.modeText(),
              info.links(),
              info.owner(),
              info.group(),
              Units.count(info.sizeBytes()),
              StatCommand.time(info.modifyTime()),
              Printable.name(name),
              Printable.name(target)));
    } else {
      console.line(Printable.name(name));
    }
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static Map<String, Object> fields(String name, FileInfo info) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("type", info.kind().name().toLowerCase(Locale.ROOT));
    fields.put("mode", String.format(Locale.ROOT, "%04o", info.mode()));
    fields.put("links", info.links());
    fields.put("owner", info.owner());
    fields.put("group", info.group());
    fields.put("sizeBytes", info.sizeBytes());
    if (info.usedBytes() >= 0) {
      fields.put("usedBytes", info.usedBytes());
    }
    fields.put("accessTime", info.accessTime().toString());
    fields.put("modifyTime", info.modifyTime().toString());
    return fields;
  }
}
