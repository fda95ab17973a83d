package io.ferrynfs.storage.linux.handle;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The format of handles that cannot be forged: {@code kind (1 byte), code (8 bytes), body}. The
 * code is a SipHash of the rest under a key in the state directory.
 *
 * <p>A handle thus proves that this volume once reached the object inside the exported directory,
 * with the permission to look it up. A guessed handle (an inode number and a generation) is
 * rejected. It bypasses neither the permissions of the parent directories nor the boundary of an
 * export that is a part of its filesystem.
 */
public final class HandleSeal {
  private static final int HEADER_BYTES = 9;
  private static final VarHandle CODE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long k0;
  private final long k1;

  public HandleSeal(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  public Handle seal(byte kind, byte[] body) throws StorageException {
    byte[] bytes = new byte[HEADER_BYTES + body.length];
    bytes[0] = kind;
    System.arraycopy(body, 0, bytes, HEADER_BYTES, body.length);
    CODE.set(bytes, 1, code(bytes));
    return Handle.of(bytes);
  }

  /**
   * Returns the bytes of a handle with a valid code; the body starts at {@link #bodyOffset}.
   *
   * @throws StorageException BAD_HANDLE
   */
  public byte[] unseal(Handle handle) throws StorageException {
    byte[] bytes = handle.toByteArray();
    if (bytes.length <= HEADER_BYTES || (long) CODE.get(bytes, 1) != code(bytes)) {
      throw new StorageException(Status.BAD_HANDLE);
    }
    return bytes;
  }

  public static int bodyOffset() {
    return HEADER_BYTES;
  }

  private long code(byte[] bytes) {
    return SipHash.hash(k0 ^ bytes[0], k1, bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
  }
}
