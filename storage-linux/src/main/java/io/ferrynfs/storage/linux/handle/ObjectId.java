package io.ferrynfs.storage.linux.handle;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The identity of an object, independent of its place: its inode number and a tag that
 * distinguishes it from later objects with the same number. The tag is a hash of the kernel's file
 * handle, which contains the generation of the inode and needs no privilege to read. On a
 * filesystem without handles it is a hash of the birth time. Without a birth time it is a hash of
 * the file type only, so a reused inode may be mistaken for its predecessor.
 */
public record ObjectId(long inode, long tag) {
  public static final int BYTES = 16;

  private static final VarHandle BIG_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  public byte[] toBytes() {
    byte[] bytes = new byte[BYTES];
    put(bytes, 0);
    return bytes;
  }

  public void put(byte[] bytes, int offset) {
    BIG_ENDIAN_LONG.set(bytes, offset, inode);
    BIG_ENDIAN_LONG.set(bytes, offset + 8, tag);
  }

  public static ObjectId get(byte[] bytes, int offset) {
    return new ObjectId(
        (long) BIG_ENDIAN_LONG.get(bytes, offset), (long) BIG_ENDIAN_LONG.get(bytes, offset + 8));
  }
}
