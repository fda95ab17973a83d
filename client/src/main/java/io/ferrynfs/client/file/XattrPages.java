package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.wire.nfs4.Listxattrs4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The names of one object's extended attributes, collected from pages.
 *
 * <p>Cookies have no order (RFC 8276 section 8.4.3.3). A loop is therefore detected by a repeated
 * cookie, or by a page without a new name. The number and bytes of the names are limited.
 */
final class XattrPages {

  /** More than any file system stores for one object. */
  private static final int NAME_BYTES_MAX = 4 << 20;

  private final Set<Opaque> names = new LinkedHashSet<>();
  private final Set<Long> cookies = new HashSet<>(Set.of(0L));
  private long cookie;
  private long nameBytes;

  /** Returns the cookie of the next page. */
  long cookie() {
    return cookie;
  }

  /** Returns the names without duplicates. */
  List<Opaque> names() {
    return List.copyOf(names);
  }

  /**
   * Adds a page.
   *
   * @return whether it was the last
   * @throws CallException PROTOCOL if the pages form a loop or exceed the limit
   */
  boolean add(Listxattrs4Resok page) throws CallException {
    int before = names.size();
    for (Opaque name : page.names()) {
      if (names.add(name)) {
        nameBytes += name.size();
      }
    }
    if (names.size() > Nfs4.XATTR_NAMES_MAX || nameBytes > NAME_BYTES_MAX) {
      throw protocol("the server lists more extended attributes than an object can have");
    }
    if (page.eof()) {
      return true;
    }
    if (names.size() == before) {
      throw protocol("the server lists extended attributes in a loop: a page has no new name");
    }
    if (!cookies.add(page.cookie())) {
      throw protocol(
          "the server lists extended attributes in a loop: cookie "
              + Long.toUnsignedString(page.cookie())
              + " is repeated");
    }
    cookie = page.cookie();
    return false;
  }

  private static CallException protocol(String what) {
    return CallException.of(Kind.PROTOCOL, what);
  }
}
