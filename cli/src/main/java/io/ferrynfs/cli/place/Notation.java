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
 * Parses the places that the user typed: {@code nfs://} URLs and local paths. Other notations are
 * rejected with a hint.
 */
public final class Notation {
  private static final Pattern SCHEME =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://.*", Pattern.DOTALL);

  /**
   * The notation of mount(8) and scp(1), {@code host:/path}. A local path with a colon must have a
   * slash before it.
   */
  private static final Pattern MOUNT =
      Pattern.compile(
          "(?:[A-Za-z0-9._-]+@)?(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9][A-Za-z0-9.-]*):(/.*)",
          Pattern.DOTALL);

  /** {@code nfs:/host/path}, with a missing slash. */
  private static final Pattern ONE_SLASH = Pattern.compile("(?i)nfs:/([^/].*)", Pattern.DOTALL);

  private Notation() {}

  /**
   * Parses an argument.
   *
   * @return null for a local path
   * @throws IllegalArgumentException if it is empty, or neither a URL nor a path
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

  /** Returns the text with bytes that are not UTF-8 percent-encoded. */
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

  /** Returns whether the last name is {@code .} or {@code ..}. */
  public static boolean endsInDots(String text) {
    String name = lastName(text);
    return name.equals(".") || name.equals("..");
  }

  /** Returns whether the path ends in a slash, so that it must be a directory. */
  public static boolean endsInSlash(String text) {
    return text.endsWith("/");
  }

  /**
   * Checks a place whose notation ends in a slash.
   *
   * @throws IOException if it exists and is not a directory
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
   * Returns the text for an argument in messages.
   *
   * @param place the place, or null if there is none
   */
  public static String shown(String text, @Nullable Place place) {
    // Parsing removes the dots of a URL, but messages should show them.
    return place == null || endsInDots(text) ? Printable.name(text) : place.shown();
  }

  private static String lastName(String text) {
    String path = text;
    if (NfsUrl.isUrl(text)) {
      String rest = text.substring(text.indexOf("://") + 3);
      int slash = rest.indexOf('/');
      // A URL may encode the dot as %2E.
      path = slash < 0 ? "/" : rest.substring(slash).replaceAll("(?i)%2e", ".");
    }
    String trimmed = path.replaceAll("/+$", "");
    return trimmed.substring(trimmed.lastIndexOf('/') + 1);
  }
}
