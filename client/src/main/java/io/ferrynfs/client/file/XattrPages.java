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
 * The names of one object's extended attributes, as pages bring them. Cookies have no order (RFC
 * RFC 8276 section 8.4.3.3), so a server that goes round in circles is noticed by a cookie that it
 * has given before, or by a page without a new name. All that is kept is bounded, in number and
 * bytes.
 */
final class XattrPages {

  /** More than any file system keeps for one object. */
  private static final int NAME_BYTES_MAX = 4 << 20;

  private final Set<Opaque> names = new LinkedHashSet<>();
  private final Set<Long> cookies = new HashSet<>(Set.of(0L));
  private long cookie;
  private long nameBytes;

  /** Where the next page begins. */
  long cookie() {
    return cookie;
  }

  /** The names, each once. */
  List<Opaque> names() {
    return List.copyOf(names);
  }

  /**
   * Takes a page.
   *
   * @return whether it was the last
   * @throws CallException PROTOCOL if the pages go in a circle or are too many
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
      throw protocol("the server lists extended attributes in a circle: a page has no new name");
    }
    if (!cookies.add(page.cookie())) {
      throw protocol(
          "the server lists extended attributes in a circle: cookie "
              + Long.toUnsignedString(page.cookie())
              + " comes again");
    }
    cookie = page.cookie();
    return false;
  }

  private static CallException protocol(String what) {
    return CallException.of(Kind.PROTOCOL, what);
  }
}
