package io.ferrynfs.cli;

import io.ferrynfs.cli.base.ByteText;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.cli.copy.FutureResult;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.Places;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(name = "stat", description = "Show the attributes of files.")
final class StatCommand extends PlaceCommand {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private static final DateTimeFormatter TIME_WITH_NANOS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.nnnnnnnnn", Locale.ROOT);

  /** The maximum number of characters of a value. */
  private static final int SHOWN_MAX = 80;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Parameters(
      arity = "1..*",
      paramLabel = "PLACE",
      description = "nfs://host[:port]/path, or a path.")
  private List<String> places = List.of();

  @Override
  public Integer call() {
    try (Places all = places()) {
      return forEach(all, places, (_, place) -> show(place));
    }
  }

  private void show(Place place) throws IOException {
    FileInfo info = place.info();
    if (json) {
      Map<String, Object> fields = LsCommand.fields(place.spelled(), info);
      if (info.isSymlink()) {
        LsCommand.putBytes(fields, "target", place.readSymlink());
      }
      fields.put("acl", place.acl());
      putXattrs(fields, xattrs(place, info));
      console.line(Json.object(fields));
      return;
    }
    String link = info.isSymlink() ? " -> " + Printable.name(place.readSymlink()) : "";
    console.line(place.shown() + link);
    row("type", info.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    row("mode", String.format(Locale.ROOT, "%s (%04o)", info.modeText(), info.mode()));
    row("links", Units.count(info.links()));
    row("owner", Printable.name(info.owner()) + ":" + Printable.name(info.group()));
    row("size", Units.count(info.sizeBytes()) + " bytes");
    if (info.usedBytes() >= 0) {
      row("used", Units.count(info.usedBytes()) + " bytes");
    }
    if (info.isDevice()) {
      row("device", info.deviceMajor() + ", " + info.deviceMinor());
    }
    row("accessed", fullTime(info.accessTime()));
    row("modified", fullTime(info.modifyTime()));
    for (String entry : place.acl()) {
      row("acl", Printable.name(entry));
    }
    for (Map.Entry<String, byte[]> xattr : xattrs(place, info).entrySet()) {
      row("xattr", Printable.name(xattr.getKey()) + " = " + shown(xattr.getValue()));
    }
  }

  /**
   * Adds values by name. A second field has the values whose names are not UTF-8, by the base64 of
   * their names.
   */
  private static void putXattrs(Map<String, Object> fields, Map<String, byte[]> xattrs) {
    Base64.Encoder base64 = Base64.getEncoder();
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, Object> byBase64 = new LinkedHashMap<>();
    xattrs.forEach((name, value) -> {
      byte[] bytes = ByteText.bytes(name);
      String text = base64.encodeToString(value);
      if (ByteText.isUtf8(bytes)) {
        values.put(name, text);
      } else {
        byBase64.put(base64.encodeToString(bytes), text);
      }
    });
    fields.put("xattrs", values);
    if (!byBase64.isEmpty()) {
      fields.put("xattrsBase64", byBase64);
    }
  }

  private static Map<String, byte[]> xattrs(Place place, FileInfo info) throws IOException {
    Map<String, byte[]> values = new TreeMap<>();
    if (info.isRegular() || info.isDirectory()) {
      for (String name : FutureResult.get(place.xattrNames())) {
        values.put(name, place.xattr(name));
      }
    }
    return values;
  }

  /** Formats a value as text, or in hexadecimal if it is not printable, and truncates it. */
  private static String shown(byte[] value) {
    String text = ByteText.of(value);
    // Text that looks like hexadecimal is printed in hexadecimal, because it would be ambiguous.
    boolean readable = Printable.line(text).equals(text) && !text.startsWith("0x");
    String whole = readable ? text : "0x" + HexFormat.of().formatHex(value);
    return whole.length() <= SHOWN_MAX
        ? whole
        : whole.substring(0, SHOWN_MAX) + "… (" + Units.count(value.length) + " bytes)";
  }

  private void row(String name, String value) {
    console.line(String.format(Locale.ROOT, "  %-9s %s", name, value));
  }

  /** Formats local time to the second. */
  static String time(Instant instant) {
    return text(TIME, instant);
  }

  private static String fullTime(Instant instant) {
    return text(TIME_WITH_NANOS, instant);
  }

  private static String text(DateTimeFormatter format, Instant instant) {
    try {
      return format.format(instant.atZone(ZoneId.systemDefault()));
    } catch (DateTimeException beyondTheCalendar) {
      return instant.toString();
    }
  }
}
