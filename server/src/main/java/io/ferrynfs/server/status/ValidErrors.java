package io.ferrynfs.server.status;

import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The statuses that each operation may return (RFC 8881 section 15.2, RFC 7862 section 11.2, RFC
 * 8276 section 8.4.5), from {@code valid-errors.table}.
 *
 * <p>A status may come from code that does not know the operation: the file system of the volume,
 * the stateid table, the check of names. {@link #constrain} is the last step before a result is
 * encoded. It replaces a status that the operation may not return by the nearest one that it may
 * return, so that a client receives only statuses that it knows.
 */
public final class ValidErrors {

  private static final String PREFIX = "NFS4ERR_";
  private static final Map<NfsOpnum4, Set<Nfsstat4>> TABLE = load();

  /** The replacements of a status in order of preference. {@link #LAST_RESORT} follows them. */
  private static final Map<Nfsstat4, List<Nfsstat4>> NEAREST =
      Map.ofEntries(
          Map.entry(Nfsstat4.NFS4ERR_PERM, List.of(Nfsstat4.NFS4ERR_ACCESS)),
          Map.entry(Nfsstat4.NFS4ERR_ACCESS, List.of(Nfsstat4.NFS4ERR_PERM)),
          Map.entry(Nfsstat4.NFS4ERR_ROFS, List.of(Nfsstat4.NFS4ERR_ACCESS)),
          Map.entry(
              Nfsstat4.NFS4ERR_SYMLINK, List.of(Nfsstat4.NFS4ERR_NOTDIR, Nfsstat4.NFS4ERR_INVAL)),
          Map.entry(
              Nfsstat4.NFS4ERR_ISDIR, List.of(Nfsstat4.NFS4ERR_WRONG_TYPE, Nfsstat4.NFS4ERR_INVAL)),
          Map.entry(
              Nfsstat4.NFS4ERR_NOTDIR,
              List.of(Nfsstat4.NFS4ERR_WRONG_TYPE, Nfsstat4.NFS4ERR_INVAL)),
          Map.entry(Nfsstat4.NFS4ERR_WRONG_TYPE, List.of(Nfsstat4.NFS4ERR_INVAL)),
          Map.entry(Nfsstat4.NFS4ERR_NOTEMPTY, List.of(Nfsstat4.NFS4ERR_EXIST)),
          Map.entry(Nfsstat4.NFS4ERR_EXIST, List.of(Nfsstat4.NFS4ERR_NOTEMPTY)),
          Map.entry(Nfsstat4.NFS4ERR_NOENT, List.of(Nfsstat4.NFS4ERR_STALE)),
          Map.entry(Nfsstat4.NFS4ERR_DQUOT, List.of(Nfsstat4.NFS4ERR_NOSPC)),
          Map.entry(Nfsstat4.NFS4ERR_MLINK, List.of(Nfsstat4.NFS4ERR_NOSPC)),
          Map.entry(Nfsstat4.NFS4ERR_FBIG, List.of(Nfsstat4.NFS4ERR_INVAL)),
          Map.entry(Nfsstat4.NFS4ERR_XATTR2BIG, List.of(Nfsstat4.NFS4ERR_NOSPC)),
          Map.entry(Nfsstat4.NFS4ERR_BADNAME, List.of(Nfsstat4.NFS4ERR_INVAL)),
          Map.entry(Nfsstat4.NFS4ERR_BADCHAR, List.of(Nfsstat4.NFS4ERR_INVAL)),
          Map.entry(Nfsstat4.NFS4ERR_NAMETOOLONG, List.of(Nfsstat4.NFS4ERR_INVAL)),
          Map.entry(Nfsstat4.NFS4ERR_BADOWNER, List.of(Nfsstat4.NFS4ERR_INVAL)),
          Map.entry(
              Nfsstat4.NFS4ERR_FILE_OPEN,
              List.of(Nfsstat4.NFS4ERR_DELAY, Nfsstat4.NFS4ERR_SERVERFAULT)),
          Map.entry(
              Nfsstat4.NFS4ERR_SHARE_DENIED,
              List.of(Nfsstat4.NFS4ERR_LOCKED, Nfsstat4.NFS4ERR_FILE_OPEN)),
          Map.entry(Nfsstat4.NFS4ERR_LOCKED, List.of(Nfsstat4.NFS4ERR_SHARE_DENIED)),
          Map.entry(Nfsstat4.NFS4ERR_DELEG_REVOKED, List.of(Nfsstat4.NFS4ERR_BAD_STATEID)),
          Map.entry(Nfsstat4.NFS4ERR_ADMIN_REVOKED, List.of(Nfsstat4.NFS4ERR_BAD_STATEID)),
          Map.entry(Nfsstat4.NFS4ERR_EXPIRED, List.of(Nfsstat4.NFS4ERR_BAD_STATEID)),
          Map.entry(Nfsstat4.NFS4ERR_XDEV, List.of(Nfsstat4.NFS4ERR_INVAL)),
          Map.entry(Nfsstat4.NFS4ERR_BADHANDLE, List.of(Nfsstat4.NFS4ERR_STALE)),
          // Operations of NFSv4.0, which do not exist in a session either.
          Map.entry(Nfsstat4.NFS4ERR_OP_NOT_IN_SESSION, List.of(Nfsstat4.NFS4ERR_NOTSUPP)),
          // The second operation of a COMPOUND has no filehandle. GETFH returned this status the
          // first time.
          Map.entry(
              Nfsstat4.NFS4ERR_RETRY_UNCACHED_REP,
              List.of(Nfsstat4.NFS4ERR_NOFILEHANDLE, Nfsstat4.NFS4ERR_NOTSUPP)),
          Map.entry(
              Nfsstat4.NFS4ERR_NOTSUPP, List.of(Nfsstat4.NFS4ERR_BADTYPE, Nfsstat4.NFS4ERR_INVAL)));

  /**
   * General errors. Each operation may return one of them. LOCKT and four others may return
   * NFS4ERR_DELAY, but not NFS4ERR_SERVERFAULT; GETFH may return neither.
   */
  private static final List<Nfsstat4> LAST_RESORT =
      List.of(
          Nfsstat4.NFS4ERR_IO,
          Nfsstat4.NFS4ERR_SERVERFAULT,
          Nfsstat4.NFS4ERR_DELAY,
          Nfsstat4.NFS4ERR_STALE,
          Nfsstat4.NFS4ERR_NOTSUPP,
          Nfsstat4.NFS4ERR_OP_ILLEGAL);

  private ValidErrors() {}

  /** Returns the statuses other than NFS4_OK that the operation may return. */
  public static Set<Nfsstat4> of(NfsOpnum4 operation) {
    return TABLE.getOrDefault(operation, Set.of());
  }

  /** Returns whether the operation may return the status. */
  public static boolean isValid(NfsOpnum4 operation, Nfsstat4 status) {
    return status == Nfsstat4.NFS4_OK || of(operation).contains(status);
  }

  /** Returns the status if the operation may return it, else the nearest one that it may return. */
  public static Nfsstat4 constrain(NfsOpnum4 operation, Nfsstat4 status) {
    if (isValid(operation, status)) {
      return status;
    }
    Set<Nfsstat4> valid = of(operation);
    return Stream.concat(NEAREST.getOrDefault(status, List.of()).stream(), LAST_RESORT.stream())
        .filter(valid::contains)
        .findFirst()
        .orElse(Nfsstat4.NFS4ERR_SERVERFAULT);
  }

  private static Map<NfsOpnum4, Set<Nfsstat4>> load() {
    Map<NfsOpnum4, Set<Nfsstat4>> table = new EnumMap<>(NfsOpnum4.class);
    Set<Nfsstat4> row = EnumSet.noneOf(Nfsstat4.class);
    for (String line : lines()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String words = line;
      int colon = line.indexOf(':');
      if (colon >= 0) {
        row = EnumSet.noneOf(Nfsstat4.class);
        table.put(NfsOpnum4.valueOf("OP_" + line.substring(0, colon)), row);
        words = line.substring(colon + 1);
      }
      for (String word : words.replace('+', ' ').strip().split(" +", -1)) {
        row.add(Nfsstat4.valueOf(PREFIX + word));
      }
    }
    return table;
  }

  private static List<String> lines() {
    try (InputStream in = ValidErrors.class.getResourceAsStream("valid-errors.table")) {
      if (in == null) {
        throw new IllegalStateException("valid-errors.table is not on the class path");
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))
          .lines()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("valid-errors.table cannot be read", e);
    }
  }
}
