package io.ferrynfs.cli.copy;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a server does not copy by itself: what it answered, in words that say what it means. */
public final class Refusals {
  private static final Pattern ANSWER =
      Pattern.compile("\\b(CLONE|COPY|COPY_NOTIFY|PUTFH): (NFS4ERR_[A-Z_0-9]+)$");

  private static final String NO_SOURCE = "the source server lets no other server read its files";
  private static final String BUSY = "the server has too many copies to make at the moment";

  private static final Map<String, String> WORDS =
      Map.ofEntries(
          // The filehandle of another server before COPY (RFC 7862 section 15.2.3).
          Map.entry("PUTFH: NFS4ERR_STALE", "the destination server copies from no other server"),
          Map.entry(
              "PUTFH: NFS4ERR_BADHANDLE", "the destination server copies from no other server"),
          Map.entry(
              "COPY: NFS4ERR_OFFLOAD_DENIED",
              "the server refuses this copy, or cannot reach its source; its log says why"),
          Map.entry("COPY: NFS4ERR_OFFLOAD_NO_REQS", BUSY),
          Map.entry("COPY: NFS4ERR_DELAY", BUSY),
          Map.entry("COPY: NFS4ERR_NOTSUPP", "the server does not copy by itself"),
          Map.entry("COPY: NFS4ERR_OP_ILLEGAL", "the server does not copy by itself"),
          Map.entry(
              "COPY: NFS4ERR_XDEV", "the server does not copy between these two file systems"),
          Map.entry(
              "COPY: NFS4ERR_PARTNER_NO_AUTH", "the source does not let the destination read"),
          Map.entry(
              "COPY: NFS4ERR_PARTNER_NOTSUPP", "the destination cannot copy from this source"),
          Map.entry("COPY_NOTIFY: NFS4ERR_NOTSUPP", NO_SOURCE),
          Map.entry("COPY_NOTIFY: NFS4ERR_OP_ILLEGAL", NO_SOURCE),
          Map.entry("COPY_NOTIFY: NFS4ERR_OFFLOAD_DENIED", NO_SOURCE),
          Map.entry("CLONE: NFS4ERR_NOTSUPP", "its file system shares no blocks"),
          Map.entry("CLONE: NFS4ERR_XDEV", "two file systems share no blocks"));

  private Refusals() {}

  /** A reason or error that ends in what a server answered, with its meaning before it. */
  public static String inWords(String text) {
    Matcher answer = ANSWER.matcher(text);
    String words = answer.find() ? WORDS.get(answer.group()) : null;
    return words == null
        ? text
        : text.substring(0, answer.start()) + words + " (" + answer.group() + ")";
  }
}
