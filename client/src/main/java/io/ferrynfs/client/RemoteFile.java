package io.ferrynfs.client;

import io.ferrynfs.client.copy.CopyTracker;
import io.ferrynfs.client.copy.FileRangeCopy;
import io.ferrynfs.client.copy.RangeCopyRequest;
import io.ferrynfs.client.file.ChunkedIo;
import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.file.Futures;
import io.ferrynfs.client.file.HeldRange;
import io.ferrynfs.client.file.ReadAhead;
import io.ferrynfs.client.file.RemoteOpenFile;
import io.ferrynfs.client.file.WriteBehind;
import io.ferrynfs.wire.nfs4.DataContent4;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The implementation of the file API. */
final class RemoteFile implements NfsFile {

  private final RemoteClient client;
  private final NfsPath path;
  private final RemoteOpenFile file;

  RemoteFile(RemoteClient client, NfsPath path, RemoteOpenFile file) {
    this.client = client;
    this.path = path;
    this.file = file;
  }

  @Override
  public NfsPath path() {
    return path;
  }

  private String what(String action) {
    return client.what(action, path);
  }

  @Override
  public int read(ByteBuffer into, long positionBytes) throws NfsException {
    return NfsErrors.await(readAsync(into, positionBytes));
  }

  @Override
  public CompletableFuture<Integer> readAsync(ByteBuffer into, long positionBytes) {
    if (!into.hasRemaining()) {
      return CompletableFuture.completedFuture(0);
    }
    return NfsErrors.named(
        what("cannot read"),
        ChunkedIo.read(file, into, positionBytes)
            .thenApply(result -> {
              into.position(into.position() + result.bytes());
              return result.bytes() == 0 ? -1 : result.bytes();
            }));
  }

  @Override
  public void write(ByteBuffer from, long positionBytes) throws NfsException {
    NfsErrors.await(writeAsync(from, positionBytes));
  }

  @Override
  public CompletableFuture<Void> writeAsync(ByteBuffer from, long positionBytes) {
    return NfsErrors.named(
        what("cannot write"),
        ChunkedIo.write(file, from, positionBytes).thenRun(() -> from.position(from.limit())));
  }

  @Override
  public NfsAttributes attributes() throws NfsException {
    return NfsErrors.await(attributesAsync());
  }

  @Override
  public CompletableFuture<NfsAttributes> attributesAsync() {
    return NfsErrors.named(
        what("cannot get the attributes of"),
        file.currentAttributes().thenApply(RemoteFile::mapped));
  }

  private static NfsAttributes mapped(FileAttributes from) {
    return Futures.get(() -> AttributeMapping.attributes(from.usable()));
  }

  @Override
  public long size() throws NfsException {
    return attributes().sizeBytes();
  }

  @Override
  public void truncate(long sizeBytes) throws NfsException {
    setAttributes(NfsAttributeChanges.none().withSize(sizeBytes));
  }

  @Override
  public void setAttributes(NfsAttributeChanges changes) throws NfsException {
    NfsErrors.await(setAttributesAsync(changes));
  }

  @Override
  public CompletableFuture<NfsAttributes> setAttributesAsync(NfsAttributeChanges changes) {
    return NfsErrors.named(
        what("cannot set the attributes of"),
        file.setAttributes(AttributeMapping.changes(changes)).thenApply(RemoteFile::mapped));
  }

  @Override
  public NfsXattrs xattrs() {
    return new RemoteXattrs(client, path, file.xattrs());
  }

  @Override
  public void sync() throws NfsException {
    NfsErrors.await(syncAsync());
  }

  @Override
  public CompletableFuture<Void> syncAsync() {
    return NfsErrors.named(what("cannot make durable"), file.sync());
  }

  @Override
  public CompletableFuture<Long> seekDataAsync(long positionBytes) {
    return NfsErrors.named(
        what("cannot look for data in"),
        file.space().seek(positionBytes, DataContent4.NFS4_CONTENT_DATA));
  }

  @Override
  public CompletableFuture<Long> seekHoleAsync(long positionBytes) {
    return NfsErrors.named(
        what("cannot look for a hole in"),
        file.space().seek(positionBytes, DataContent4.NFS4_CONTENT_HOLE));
  }

  @Override
  public long seekData(long positionBytes) throws NfsException {
    return NfsErrors.await(seekDataAsync(positionBytes));
  }

  @Override
  public long seekHole(long positionBytes) throws NfsException {
    return NfsErrors.await(seekHoleAsync(positionBytes));
  }

  @Override
  public void allocate(long positionBytes, long countBytes) throws NfsException {
    NfsErrors.await(allocateAsync(positionBytes, countBytes));
  }

  @Override
  public CompletableFuture<Void> allocateAsync(long positionBytes, long countBytes) {
    return NfsErrors.named(
        what("cannot reserve space in"), file.space().allocate(positionBytes, countBytes));
  }

  @Override
  public void deallocate(long positionBytes, long countBytes) throws NfsException {
    NfsErrors.await(deallocateAsync(positionBytes, countBytes));
  }

  @Override
  public CompletableFuture<Void> deallocateAsync(long positionBytes, long countBytes) {
    return NfsErrors.named(
        what("cannot make a hole in"), file.space().deallocate(positionBytes, countBytes));
  }

  @Override
  public Set<NfsAdvice> advise(long positionBytes, long countBytes, NfsAdvice... advice)
      throws NfsException {
    return NfsErrors.await(adviseAsync(positionBytes, countBytes, advice));
  }

  @Override
  public CompletableFuture<Set<NfsAdvice>> adviseAsync(
      long positionBytes, long countBytes, NfsAdvice... advice) {
    return NfsErrors.named(
        what("cannot advise about"),
        file.space()
            .advise(positionBytes, countBytes, AttributeMapping.hints(advice))
            .thenApply(AttributeMapping::advice));
  }

  @Override
  public void cloneTo(
      long positionBytes, NfsFile destination, long destinationBytes, long countBytes)
      throws NfsException {
    NfsErrors.await(cloneToAsync(positionBytes, destination, destinationBytes, countBytes));
  }

  @Override
  public CompletableFuture<Void> cloneToAsync(
      long positionBytes, NfsFile destination, long destinationBytes, long countBytes) {
    NfsCopyOptions clone = NfsCopyOptions.builder().requireClone(true).build();
    return copyTo(positionBytes, destination, destinationBytes, countBytes, clone)
        .completion()
        .thenAccept(done -> {});
  }

  @Override
  public CopyHandle copyTo(
      long positionBytes,
      NfsFile destination,
      long destinationBytes,
      long countBytes,
      NfsCopyOptions options) {
    if (!(destination instanceof RemoteFile other)) {
      throw new IllegalArgumentException("the destination must be a file of an NfsClient");
    }
    CopyTracker progress = new CopyTracker(options.progress(), options.isWatched());
    progress.total(countBytes);
    RangeCopyRequest request =
        new RangeCopyRequest(
            file,
            positionBytes,
            other.file,
            destinationBytes,
            countBytes,
            false,
            client.means(other.client, options));
    return new RemoteCopy(
        what("cannot copy to " + other.path + " from"),
        progress,
        file.usedBy(other.file.usedBy(FileRangeCopy.watched(request, progress))));
  }

  @Override
  public NfsLock lock(long positionBytes, long sizeBytes, boolean shared) throws NfsException {
    return NfsErrors.await(lockAsync(positionBytes, sizeBytes, shared));
  }

  @Override
  public CompletableFuture<NfsLock> lockAsync(long positionBytes, long sizeBytes, boolean shared) {
    long length = NfsLock.length(positionBytes, sizeBytes);
    CompletableFuture<HeldRange> pending = file.locks().lock(positionBytes, length, shared);
    CompletableFuture<NfsLock> locked =
        NfsErrors.named(
            what("cannot lock"),
            pending.thenApply(held -> made(held, positionBytes, sizeBytes, shared)));
    var _ =
        locked.whenComplete((lock, failure) -> {
          if (locked.isCancelled()) {
            pending.cancel(false);
          }
        });
    return locked;
  }

  private NfsLock made(HeldRange held, long positionBytes, long sizeBytes, boolean shared) {
    return new NfsLock(file.locks(), held, what("cannot unlock"), positionBytes, sizeBytes, shared);
  }

  @Override
  public Optional<NfsLock> tryLock(long positionBytes, long sizeBytes, boolean shared)
      throws NfsException {
    return NfsErrors.await(tryLockAsync(positionBytes, sizeBytes, shared));
  }

  @Override
  public CompletableFuture<Optional<NfsLock>> tryLockAsync(
      long positionBytes, long sizeBytes, boolean shared) {
    long length = NfsLock.length(positionBytes, sizeBytes);
    return NfsErrors.named(
        what("cannot lock"),
        file.locks()
            .tryLock(positionBytes, length, shared)
            .thenApply(held -> held.map(lock -> made(lock, positionBytes, sizeBytes, shared))));
  }

  @Override
  public InputStream inputStream() {
    return new ReadStream(this, readAhead(0));
  }

  ReadAhead readAhead(long position) {
    return new ReadAhead(file, client.buffers(), position, file.attributesAtOpen().sizeBytes());
  }

  @Override
  public OutputStream outputStream(long positionBytes) {
    return new WriteStream(
        what("cannot write"), new WriteBehind(file, client.buffers(), positionBytes), this, false);
  }

  /** A stream that closes the file with itself. */
  OutputStream owningOutputStream() {
    return new WriteStream(
        what("cannot write"), new WriteBehind(file, client.buffers(), 0), this, true);
  }

  @Override
  public FileChannel channel() {
    return new FileChannelView(this);
  }

  @Override
  public void close() throws NfsException {
    NfsErrors.await(closeAsync());
  }

  @Override
  public CompletableFuture<Void> closeAsync() {
    CompletableFuture<Void> closed =
        file.sync()
            .thenCompose(synced -> file.close())
            .exceptionallyCompose(failure ->
                file.close().thenCompose(done -> CompletableFuture.<Void>failedFuture(failure)));
    return NfsErrors.named(what("cannot close"), closed);
  }
}
