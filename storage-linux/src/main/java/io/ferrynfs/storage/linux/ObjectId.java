package io.ferrynfs.storage.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What an object is, apart from where it is: its inode number and a tag that a later object with
 * the same number does not have. The tag is a hash of the kernel's handle, which has the inode's
 * generation and which anyone may ask for; where the filesystem has no handles, of its birth time;
 * where it has none of these, only of the file type, and an inode that is used again may be taken
 * for the one before.
 */
record ObjectId(long inode, long tag) {
  static final int BYTES = 16;

  private static final VarHandle BIG_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  byte[] toBytes() {
    byte[] bytes = new byte[BYTES];
    put(bytes, 0);
    return bytes;
  }

  void put(byte[] bytes, int offset) {
    BIG_ENDIAN_LONG.set(bytes, offset, inode);
    BIG_ENDIAN_LONG.set(bytes, offset + 8, tag);
  }

  static ObjectId get(byte[] bytes, int offset) {
    return new ObjectId(
        (long) BIG_ENDIAN_LONG.get(bytes, offset), (long) BIG_ENDIAN_LONG.get(bytes, offset + 8));
  }
}
