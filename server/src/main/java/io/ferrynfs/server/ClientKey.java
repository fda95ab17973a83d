package io.ferrynfs.server;

import io.ferrynfs.wire.xdr.Opaque;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The name by which a server recognizes a client after a restart of either: the co_ownerid of the
 * client and the principal that sent it (RFC 8881 section 8.4.2.1.1). The principal is part of the
 * name because a client could otherwise use the co_ownerid of another client to reclaim or release
 * its state.
 *
 * @param ownerid co_ownerid of EXCHANGE_ID, at most 1024 bytes
 * @param flavor the RPC authentication flavor of EXCHANGE_ID
 * @param principal the name of the principal in this flavor: under AUTH_SYS the uid in decimal,
 *     from 0 to 2^32-1; at most {@link #PRINCIPAL_BYTES_MAX} bytes in UTF-8
 */
public record ClientKey(Opaque ownerid, int flavor, String principal) {
  /** The maximum length of a principal's name in UTF-8, in bytes. */
  public static final int PRINCIPAL_BYTES_MAX = 1024;

  private static final int PREFIX_BYTES = Integer.BYTES + Long.BYTES;

  /** A name that is stored as a number of 8 bytes. */
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,9}");

  /**
   * Checks the length of the name.
   *
   * @throws IllegalArgumentException if the name is too long
   */
  public ClientKey {
    if (utf8(principal).length > PRINCIPAL_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the name of a principal has at most " + PRINCIPAL_BYTES_MAX + " bytes");
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the key as bytes, for {@link #ofBytes}. */
  public byte[] toBytes() {
    boolean isNumber = NUMBER.matcher(principal).matches();
    byte[] name = isNumber ? new byte[0] : utf8(principal);
    return ByteBuffer.allocate(PREFIX_BYTES + name.length + ownerid.size())
        .putInt(flavor)
        .putLong(isNumber ? Long.parseLong(principal) : -1L - name.length)
        .put(name)
        .put(ownerid.toByteArray())
        .array();
  }

  /**
   * Returns the key that {@link #toBytes} wrote.
   *
   * @param bytes flavor (4 bytes, big-endian); a number (8 bytes, big-endian), which is the name
   *     or, if it is negative, {@code -1 - length} of the name; the name in UTF-8; and ownerid
   * @throws IllegalArgumentException if the bytes are not a key
   */
  public static ClientKey ofBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      int flavor = in.getInt();
      long number = in.getLong();
      String principal = number < 0 ? readName(in, -1 - number) : Long.toString(number);
      byte[] ownerid = new byte[in.remaining()];
      in.get(ownerid);
      return new ClientKey(Opaque.of(ownerid), flavor, principal);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("not a client key: " + bytes.length + " bytes", e);
    }
  }

  private static String readName(ByteBuffer in, long length) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] name = new byte[(int) length];
    in.get(name);
    return new String(name, StandardCharsets.UTF_8);
  }
}
