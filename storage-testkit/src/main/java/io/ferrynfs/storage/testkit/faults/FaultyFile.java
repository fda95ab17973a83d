package io.ferrynfs.storage.testkit.faults;

import io.ferrynfs.storage.Advice;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Pipe;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** An open file of a {@link FaultyVolume}. */
final class FaultyFile implements OpenFile {
  private final OpenFile file;
  private final FaultPlan plan;

  FaultyFile(OpenFile file, FaultPlan plan) {
    this.file = file;
    this.plan = plan;
  }

  @Override
  public Handle handle() {
    return file.handle();
  }

  @Override
  public OpenAccess access() {
    return file.access();
  }

  @Override
  public Optional<String> displayPath() {
    return file.displayPath();
  }

  @Override
  public Attributes attributes() throws StorageException {
    plan.enter(Operation.ATTRIBUTES);
    return file.attributes();
  }

  @Override
  public long size() throws StorageException {
    plan.enter(Operation.ATTRIBUTES);
    return file.size();
  }

  @Override
  public int read(ByteBuffer target, long position) throws StorageException {
    plan.enter(Operation.READ);
    return file.read(target, position);
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target)
      throws IOException, StorageException {
    plan.enter(Operation.TRANSFER);
    return file.transferTo(position, plan.shortened(Operation.TRANSFER, count), target);
  }

  @Override
  public int write(ByteBuffer source, long position) throws StorageException {
    plan.enter(Operation.WRITE);
    int limit = source.limit();
    int length = (int) plan.shortened(Operation.WRITE, source.remaining());
    source.limit(source.position() + length);
    try {
      return file.write(source, position);
    } finally {
      source.limit(limit);
    }
  }

  @Override
  public Optional<Pipe> pipe() {
    return file.pipe();
  }

  @Override
  public int write(Pipe source, long position, int bytes) throws StorageException {
    plan.enter(Operation.WRITE);
    return file.write(source, position, (int) plan.shortened(Operation.WRITE, bytes));
  }

  @Override
  public void sync(SyncScope scope) throws StorageException {
    plan.enter(Operation.SYNC);
    file.sync(scope);
  }

  @Override
  public void truncate(long size) throws StorageException {
    plan.enter(Operation.TRUNCATE);
    file.truncate(size);
  }

  @Override
  public void allocate(long offset, long length) throws StorageException {
    plan.enter(Operation.ALLOCATE);
    file.allocate(offset, length);
  }

  @Override
  public void deallocate(long offset, long length) throws StorageException {
    plan.enter(Operation.DEALLOCATE);
    file.deallocate(offset, length);
  }

  @Override
  public long seekData(long offset) throws StorageException {
    plan.enter(Operation.SEEK);
    return file.seekData(offset);
  }

  @Override
  public long seekHole(long offset) throws StorageException {
    plan.enter(Operation.SEEK);
    return file.seekHole(offset);
  }

  @Override
  public boolean advise(long offset, long length, Advice advice) throws StorageException {
    plan.enter(Operation.ADVISE);
    return file.advise(offset, length, advice);
  }

  @Override
  public long copyRange(OpenFile source, long sourceOffset, long offset, long length)
      throws StorageException {
    plan.enter(Operation.COPY_RANGE);
    long count = plan.shortened(Operation.COPY_RANGE, length);
    return file.copyRange(source, sourceOffset, offset, count);
  }

  @Override
  public void cloneRange(OpenFile source, long sourceOffset, long offset, long length)
      throws StorageException {
    plan.enter(Operation.CLONE_RANGE);
    file.cloneRange(source, sourceOffset, offset, length);
  }

  @Override
  public OpenFile duplicate() throws StorageException {
    plan.enter(Operation.OPEN);
    return new FaultyFile(file.duplicate(), plan);
  }

  @Override
  public void beginSync(long offset, long length) {
    file.beginSync(offset, length);
  }

  @Override
  public OpenFile undecorated() {
    return file.undecorated();
  }

  @Override
  public void close() {
    file.close();
  }
}
