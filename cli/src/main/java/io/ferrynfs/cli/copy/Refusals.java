package io.ferrynfs.cli.copy;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Explanations of the errors by which a server refuses an offloaded copy. */
public final class Refusals {
  private static final Pattern STATUS =
      Pattern.compile("\\b(CLONE|COPY|COPY_NOTIFY|PUTFH): (NFS4ERR_[A-Z_0-9]+)$");

  private static final String NO_COPY_NOTIFY =
      "the source server does not let other servers read its files";
  private static final String BUSY = "the server has too many copies at the moment";

  private static final Map<String, String> EXPLANATIONS =
      Map.ofEntries(
          // A foreign filehandle in PUTFH (RFC 7862 section 15.2.3).
          Map.entry(
              "PUTFH: NFS4ERR_STALE", "the destination server does not copy from other servers"),
          Map.entry(
              "PUTFH: NFS4ERR_BADHANDLE",
              "the destination server does not copy from other servers"),
          Map.entry(
              "COPY: NFS4ERR_OFFLOAD_DENIED",
              "the server refuses this copy, or cannot reach its source; see its log"),
          Map.entry("COPY: NFS4ERR_OFFLOAD_NO_REQS", BUSY),
          Map.entry("COPY: NFS4ERR_DELAY", BUSY),
          Map.entry("COPY: NFS4ERR_NOTSUPP", "the server does not support COPY"),
          Map.entry("COPY: NFS4ERR_OP_ILLEGAL", "the server does not support COPY"),
          Map.entry(
              "COPY: NFS4ERR_XDEV", "the server does not copy between these two file systems"),
          Map.entry(
              "COPY: NFS4ERR_PARTNER_NO_AUTH", "the source does not let the destination read"),
          Map.entry(
              "COPY: NFS4ERR_PARTNER_NOTSUPP", "the destination cannot copy from this source"),
          Map.entry("COPY_NOTIFY: NFS4ERR_NOTSUPP", NO_COPY_NOTIFY),
          Map.entry("COPY_NOTIFY: NFS4ERR_OP_ILLEGAL", NO_COPY_NOTIFY),
          Map.entry("COPY_NOTIFY: NFS4ERR_OFFLOAD_DENIED", NO_COPY_NOTIFY),
          Map.entry("CLONE: NFS4ERR_NOTSUPP", "the file system cannot share blocks"),
          Map.entry("CLONE: NFS4ERR_XDEV", "two file systems cannot share blocks"));

  private Refusals() {}

  /** Inserts an explanation into a text that ends in an operation and its status. */
  public static String explain(String text) {
    Matcher status = STATUS.matcher(text);
    String explanation = status.find() ? EXPLANATIONS.get(status.group()) : null;
    return explanation == null
        ? text
        : text.substring(0, status.start()) + explanation + " (" + status.group() + ")";
  }
}
