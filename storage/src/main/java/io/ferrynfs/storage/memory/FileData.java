package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The data of a file: numbered blocks with holes between them. Two invariants hold between calls.
 * No block begins at or beyond the end of the file. In the last block the bytes beyond the end are
 * zero, so an extension of the file does not have to clear them.
 *
 * <p>Not thread-safe: the lock of the inode guards it, and an operation on two files needs both
 * locks. The callers have checked the arguments: offsets and lengths are not negative, and their
 * sums do not overflow.
 */
final class FileData {
  /** Bounds the time during which one call holds the locks of two files. */
  private static final long COPY_BYTES_MAX = 4 * 1024 * 1024;

  private static final byte[] ZEROS = new byte[Block.SIZE];

  private final SpaceAccount space;
  private final QuotaTable quotas;
  private final NavigableMap<Long, Block> blocks = new TreeMap<>();
  private QuotaTable.Owners owners;
  private long size;

  FileData(Store store, QuotaTable.Owners owners) {
    this.space = store.bytes;
    this.quotas = store.quotas;
    this.owners = owners;
  }

  /**
   * Charges the stored blocks to other owners.
   *
   * @throws StorageException QUOTA
   */
  void changeOwners(QuotaTable.Owners others) throws StorageException {
    quotas.move(owners, others, spaceUsed());
    owners = others;
  }

  long size() {
    return size;
  }

  long spaceUsed() {
    return (long) blocks.size() * Block.SIZE;
  }

  int read(ByteBuffer target, long position) {
    int length = (int) Math.max(0, Math.min(target.remaining(), size - position));
    int done = 0;
    while (done < length) {
      int from = inBlock(position + done);
      int step = Math.min(length - done, Block.SIZE - from);
      Block block = blocks.get(number(position + done));
      byte[] bytes = block == null ? null : block.readable();
      target.put(bytes == null ? ZEROS : bytes, from, step);
      done += step;
    }
    return length;
  }

  /** Writes as many bytes as there is space for. Throws if there is no space for the first byte. */
  int write(ByteBuffer source, long position) throws StorageException {
    int done = 0;
    while (source.hasRemaining()) {
      long at = position + done;
      int step = Math.min(source.remaining(), Block.SIZE - inBlock(at));
      byte[] bytes = writableOrEnd(number(at), done > 0);
      if (bytes == null) {
        break;
      }
      source.get(bytes, inBlock(at), step);
      done += step;
      size = Math.max(size, at + step);
    }
    return done;
  }

  private byte @Nullable [] writableOrEnd(long number, boolean mayEnd) throws StorageException {
    try {
      return own(number).writable();
    } catch (StorageException e) {
      if (mayEnd) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Returns a block that this file may write to. Creates a missing block and copies a shared one.
   */
  private Block own(long number) throws StorageException {
    Block block = blocks.get(number);
    if (block != null && !block.isShared()) {
      return block;
    }
    if (block == null) {
      take(1, 1);
    } else {
      space.take(Block.SIZE);
    }
    Block owned = block == null ? new Block() : block.copy();
    blocks.put(number, owned);
    disown(block);
    return owned;
  }

  /** Reserves blocks of the volume and blocks of the quotas, or neither. */
  private void take(long blocksOfVolume, long blocksOfQuota) throws StorageException {
    long quotaBytes = bytes(blocksOfQuota);
    quotas.take(owners, quotaBytes);
    try {
      space.take(bytes(blocksOfVolume));
    } catch (StorageException e) {
      quotas.give(owners, quotaBytes);
      throw e;
    }
  }

  private static long bytes(long blocks) {
    return Math.min(blocks, Long.MAX_VALUE / Block.SIZE) * Block.SIZE;
  }

  private void disown(@Nullable Block block) {
    if (block != null && block.disown()) {
      space.give(Block.SIZE);
    }
  }

  private void disownAll(Map<Long, Block> range) {
    quotas.give(owners, bytes(range.size()));
    range.values().forEach(this::disown);
    range.clear();
  }

  void truncate(long newSize) throws StorageException {
    if (newSize < size) {
      Block last = blocks.get(number(newSize));
      if (inBlock(newSize) != 0 && last != null && last.isWritten()) {
        own(number(newSize)).zero(inBlock(newSize), Block.SIZE);
      }
      disownAll(blocks.tailMap(numberUp(newSize), true));
    }
    size = newSize;
  }

  /** Frees all blocks. */
  void clear() {
    disownAll(blocks);
    size = 0;
  }

  /**
   * Reserves the space of the whole range before it creates the first block, so that a failure
   * changes nothing.
   */
  void allocate(long offset, long length) throws StorageException {
    long first = number(offset);
    long end = numberUp(offset + length);
    NavigableMap<Long, Block> present = blocks.subMap(first, true, end, false);
    long owned = present.values().stream().filter(block -> !block.isShared()).count();
    take(end - first - owned, end - first - present.size());
    for (long number = first; number < end; number++) {
      Block block = blocks.get(number);
      if (block == null) {
        blocks.put(number, new Block());
      } else if (block.isShared()) {
        blocks.put(number, block.copy());
        disown(block);
      }
    }
    size = Math.max(size, offset + length);
  }

  void deallocate(long offset, long length) throws StorageException {
    long end = length >= size - offset ? size : offset + length;
    if (offset >= end) {
      return;
    }
    long firstWhole = numberUp(offset);
    // The last block counts as whole because it has no data beyond the end of the file.
    long endWhole = end == size ? numberUp(end) : number(end);
    if (firstWhole > endWhole) {
      ownIfWritten(number(offset));
      zero(number(offset), inBlock(offset), inBlock(end));
      return;
    }
    boolean head = inBlock(offset) != 0;
    boolean tail = end != size && inBlock(end) != 0;
    // Copies both edge blocks first. They may need space, and a failing call must not change the
    // file.
    if (head) {
      ownIfWritten(number(offset));
    }
    if (tail) {
      ownIfWritten(endWhole);
      zero(endWhole, 0, inBlock(end));
    }
    if (head) {
      zero(number(offset), inBlock(offset), Block.SIZE);
    }
    disownAll(blocks.subMap(firstWhole, true, endWhole, false));
  }

  private void ownIfWritten(long number) throws StorageException {
    Block block = blocks.get(number);
    if (block != null && block.isWritten()) {
      own(number);
    }
  }

  private void zero(long number, int from, int to) {
    Block block = blocks.get(number);
    if (block != null) {
      block.zero(from, to);
    }
  }

  long seekData(long offset) throws StorageException {
    requireInside(offset);
    for (Map.Entry<Long, Block> entry : blocks.tailMap(number(offset), true).entrySet()) {
      if (entry.getValue().isWritten()) {
        return Math.max(offset, entry.getKey() * Block.SIZE);
      }
    }
    return size;
  }

  long seekHole(long offset) throws StorageException {
    requireInside(offset);
    long number = number(offset);
    for (Map.Entry<Long, Block> entry : blocks.tailMap(number, true).entrySet()) {
      if (entry.getKey() != number || !entry.getValue().isWritten()) {
        break;
      }
      number++;
    }
    return Math.min(size, Math.max(offset, number * Block.SIZE));
  }

  private void requireInside(long offset) throws StorageException {
    if (offset >= size) {
      throw new StorageException(Status.NO_DATA);
    }
  }

  /**
   * Copies up to the end of the source. The copy may be short.
   *
   * @param share whether whole blocks may be shared rather than copied
   */
  long copy(FileData source, long sourceOffset, long offset, long length, boolean share)
      throws StorageException {
    long count = Math.min(Math.min(length, COPY_BYTES_MAX), source.size - sourceOffset);
    ByteBuffer scratch = ByteBuffer.allocate(Block.SIZE);
    long done = 0;
    while (done < count) {
      try {
        done += copyPart(source, sourceOffset + done, offset + done, count - done, share, scratch);
      } catch (StorageException e) {
        if (done == 0) {
          throw e;
        }
        return done;
      }
    }
    return Math.max(0, done);
  }

  /** Copies one hole, or the data of at most one block. */
  private long copyPart(
      FileData source, long from, long to, long left, boolean share, ByteBuffer scratch)
      throws StorageException {
    long hole = Math.min(left, source.seekData(from) - from);
    if (hole > 0) {
      deallocate(to, hole);
      size = Math.max(size, to + hole);
      return hole;
    }
    boolean isAligned = inBlock(from) == 0 && inBlock(to) == 0;
    Block block = source.blocks.get(number(from));
    if (share && isAligned && block != null && isWhole(source, from, to, left)) {
      put(number(to), block);
      long bytes = Math.min(left, Block.SIZE);
      size = Math.max(size, to + bytes);
      return bytes;
    }
    scratch.clear().limit((int) Math.min(left, Block.SIZE - inBlock(to)));
    source.read(scratch, from);
    return write(scratch.flip(), to);
  }

  /**
   * Returns whether the copy can share a block, because it leaves no data of the target in the
   * block.
   */
  private boolean isWhole(FileData source, long from, long to, long left) {
    return left >= Block.SIZE || (from + left == source.size && to + left >= size);
  }

  /** Replaces the block at a position by a shared block. */
  private void put(long number, Block block) throws StorageException {
    if (!blocks.containsKey(number)) {
      take(0, 1);
    }
    disown(blocks.put(number, block.share()));
  }

  /**
   * Shares a range of blocks. Offsets are multiples of the block size. The length is one, too,
   * unless the range ends at the end of both files.
   *
   * @throws StorageException QUOTA, without any change
   */
  void cloneRange(FileData source, long sourceOffset, long offset, long length)
      throws StorageException {
    long end = numberUp(sourceOffset + length);
    Collection<Map.Entry<Long, Block>> range =
        source.blocks.subMap(number(sourceOffset), true, end, false).entrySet();
    Map<Long, Block> replaced =
        blocks.subMap(number(offset), true, numberUp(offset + length), false);
    long added = range.stream().filter(entry -> entry.getValue().isWritten()).count();
    take(0, Math.max(0, added - replaced.size()));
    // These blocks kept charged to the quotas; the charge of the other replaced blocks is returned.
    long kept = Math.min(added, replaced.size());
    // Share the new blocks before the old ones are freed, and collect them in a copy, because
    // source and target may be the same file.
    List<Map.Entry<Long, Block>> shared = new ArrayList<>(range.size());
    for (Map.Entry<Long, Block> entry : range) {
      if (entry.getValue().isWritten()) {
        shared.add(Map.entry(entry.getKey(), entry.getValue().share()));
      }
    }
    quotas.give(owners, bytes(replaced.size() - kept));
    replaced.values().forEach(this::disown);
    replaced.clear();
    long shift = number(offset) - number(sourceOffset);
    shared.forEach(entry -> blocks.put(entry.getKey() + shift, entry.getValue()));
    size = Math.max(size, offset + length);
  }

  private static long number(long offset) {
    return offset / Block.SIZE;
  }

  private static long numberUp(long offset) {
    return Math.ceilDiv(offset, (long) Block.SIZE);
  }

  private static int inBlock(long offset) {
    return (int) (offset % Block.SIZE);
  }
}
