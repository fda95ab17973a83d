package io.ferrynfs.cli.place;

import io.ferrynfs.cli.base.ByteText;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.client.NfsUrl;
import java.io.IOException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the user typed for a place: an {@code nfs://} URL, a local path, or something in between.
 */
public final class Notation {
  private static final Pattern SCHEME =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://.*", Pattern.DOTALL);

  /**
   * {@code host:/path}, as mount(8) and scp(1) write it; a path with a colon has a slash before.
   */
  private static final Pattern MOUNT =
      Pattern.compile(
          "(?:[A-Za-z0-9._-]+@)?(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9][A-Za-z0-9.-]*):(/.*)",
          Pattern.DOTALL);

  /** {@code nfs:/host/path}, with a slash too few. */
  private static final Pattern ONE_SLASH = Pattern.compile("(?i)nfs:/([^/].*)", Pattern.DOTALL);

  private Notation() {}

  /**
   * Reads a URL.
   *
   * @return null for a local path
   * @throws IllegalArgumentException if it is neither, or empty, saying what is wrong
   */
  public static @Nullable NfsUrl url(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("an empty argument names no place");
    }
    if (NfsUrl.isUrl(text)) {
      return NfsUrl.parse(plain(text));
    }
    String shown = Printable.name(text);
    Matcher scheme = SCHEME.matcher(text);
    if (scheme.matches()) {
      throw new IllegalArgumentException(
          shown
              + ": a place is nfs://host[:port]/path or a local path, not "
              + scheme.group(1)
              + "://");
    }
    Matcher oneSlash = ONE_SLASH.matcher(text);
    if (oneSlash.matches()) {
      throw new IllegalArgumentException(
          shown
              + ": a server is named nfs://"
              + Printable.name(oneSlash.group(1))
              + " (a local file of that name is ./"
              + shown
              + ")");
    }
    Matcher mount = MOUNT.matcher(text);
    if (mount.matches()) {
      throw new IllegalArgumentException(
          shown
              + ": a server is named nfs://"
              + mount.group(1)
              + Printable.name(mount.group(2))
              + " (a local file of that name is ./"
              + shown
              + ")");
    }
    return null;
  }

  /** Bytes that are no UTF-8 as a URL has them. */
  private static String plain(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(point -> {
          if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
            byte[] bytes = ByteText.bytes(Character.toString(point));
            out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(bytes[0]));
          } else {
            out.appendCodePoint(point);
          }
        });
    return out.toString();
  }

  /**
   * Whether the last name is {@code .} or {@code ..}: the directory itself, by no name of its own.
   */
  public static boolean endsInDots(String text) {
    String name = lastName(text);
    return name.equals(".") || name.equals("..");
  }

  /** Whether the path ends in a slash, so that a directory is meant. */
  public static boolean endsInSlash(String text) {
    return text.endsWith("/");
  }

  /**
   * A slash at the end says that a directory is meant.
   *
   * @throws IOException if there is something else
   */
  public static void checkSlash(String text, Place place) throws IOException {
    if (!endsInSlash(text)) {
      return;
    }
    FileInfo info = place.infoIfPresent();
    if (info != null && info.isSymlink()) {
      info = place.followed().infoIfPresent();
    }
    if (info != null && !info.isDirectory()) {
      throw new IOException("is not a directory");
    }
  }

  /**
   * How an argument is named to the user.
   *
   * @param place what it stands for, null where it stands for nothing
   */
  public static String shown(String text, @Nullable Place place) {
    // A URL loses its dots when it is read, and with them what the user meant.
    return place == null || endsInDots(text) ? Printable.name(text) : place.shown();
  }

  private static String lastName(String text) {
    String path = text;
    if (NfsUrl.isUrl(text)) {
      String rest = text.substring(text.indexOf("://") + 3);
      int slash = rest.indexOf('/');
      // %2E is a dot to a URL, too.
      path = slash < 0 ? "/" : rest.substring(slash).replaceAll("(?i)%2e", ".");
    }
    String trimmed = path.replaceAll("/+$", "");
    return trimmed.substring(trimmed.lastIndexOf('/') + 1);
  }
}
