package io.ferrynfs.client;

import io.ferrynfs.client.copy.CopyMethods;
import io.ferrynfs.client.copy.CopyTracker;
import io.ferrynfs.client.copy.WholeFileCopy;
import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.file.Futures;
import io.ferrynfs.client.file.RemoteFiles;
import io.ferrynfs.client.file.StreamBuffers;
import io.ferrynfs.client.offload.PendingOffloads;
import io.ferrynfs.client.session.PeerIdentity;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.client.session.TrafficCounter;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.attribute.AclEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The implementation of the client API: paths and errors. */
final class RemoteClient implements NfsClient {

  private final RemoteFiles files;
  private final PendingOffloads offloads;
  private final StreamBuffers buffers;
  private final String server;

  RemoteClient(RemoteFiles files, PendingOffloads offloads, String server) {
    this.files = files;
    this.offloads = offloads;
    this.server = server;
    this.buffers =
        new StreamBuffers(
            Math.max(
                files.limits().transfer().readBytes(), files.limits().transfer().writeBytes()));
  }

  RemoteFiles files() {
    return files;
  }

  StreamBuffers buffers() {
    return buffers;
  }

  /** Returns the means of a copy from this client to another, or to itself. */
  CopyMethods means(RemoteClient to, NfsCopyOptions options) {
    return new CopyMethods(
        !options.forceStream(),
        options.requireClone(),
        !options.requireOffload() && !options.requireClone(),
        buffers,
        to.offloads,
        offloads,
        options.progressEvery());
  }

  /** The beginning of an error message. */
  String what(String action, NfsPath path) {
    return action + " nfs://" + server + path;
  }

  private <T> CompletableFuture<T> named(String action, NfsPath path, CompletableFuture<T> future) {
    return NfsErrors.named(what(action, path), future);
  }

  private CompletableFuture<NfsAttributes> attributes(
      String action, NfsPath path, CompletableFuture<FileAttributes> future) {
    return named(
        action,
        path,
        future.thenApply(from -> Futures.get(() -> AttributeMapping.attributes(from.usable()))));
  }

  @Override
  public NfsServerInfo server() {
    ServerSession session = files.session();
    PeerIdentity identity = session.identity();
    return new NfsServerInfo(
        identity.ownerMajor().toHex(),
        identity.scope().toHex(),
        identity.implementation(),
        session.minorVersion(),
        files.limits().leaseSeconds(),
        files.limits().transfer().readBytes(),
        files.limits().transfer().writeBytes(),
        session.slots());
  }

  @Override
  public NfsTraffic traffic() {
    TrafficCounter payload = files.session().payload();
    return new NfsTraffic(payload.bytesRead(), payload.bytesWritten());
  }

  @Override
  public NfsAttributes attributes(NfsPath path) throws NfsException {
    return NfsErrors.await(attributesAsync(path));
  }

  @Override
  public CompletableFuture<NfsAttributes> attributesAsync(NfsPath path) {
    return attributes("cannot stat", path, files.attributes(AttributeMapping.names(path)));
  }

  @Override
  public NfsAttributes setAttributes(NfsPath path, NfsAttributeChanges changes)
      throws NfsException {
    return NfsErrors.await(setAttributesAsync(path, changes));
  }

  @Override
  public CompletableFuture<NfsAttributes> setAttributesAsync(
      NfsPath path, NfsAttributeChanges changes) {
    return attributes(
        "cannot set the attributes of",
        path,
        files.setAttributes(AttributeMapping.names(path), AttributeMapping.changes(changes)));
  }

  @Override
  public NfsXattrs xattrs(NfsPath path) {
    return new RemoteXattrs(this, path, files.xattrs(AttributeMapping.names(path)));
  }

  @Override
  public List<AclEntry> acl(NfsPath path) throws NfsException {
    return NfsErrors.await(aclAsync(path));
  }

  @Override
  public CompletableFuture<List<AclEntry>> aclAsync(NfsPath path) {
    return named(
        "cannot get the access control list of",
        path,
        files.attribute(AttributeMapping.names(path), Attrs.ACL).thenApply(AclMapping::entries));
  }

  @Override
  public void setAcl(NfsPath path, List<AclEntry> entries) throws NfsException {
    NfsErrors.await(setAclAsync(path, entries));
  }

  @Override
  public CompletableFuture<Void> setAclAsync(NfsPath path, List<AclEntry> entries) {
    Fattr4 acl = AttrValues.builder().put(Attrs.ACL, AclMapping.acl(entries)).build().encode();
    return named(
        "cannot set the access control list of",
        path,
        files.setAttributes(AttributeMapping.names(path), acl).thenAccept(set -> {}));
  }

  @Override
  public DirectoryStream<NfsDirectoryEntry> list(NfsPath directory) throws NfsException {
    return new EntryStream(
        this,
        directory,
        NfsErrors.await(
            named("cannot list", directory, files.handle(AttributeMapping.names(directory)))));
  }

  @Override
  public CompletableFuture<List<NfsDirectoryEntry>> listAsync(NfsPath directory) {
    return named(
        "cannot list",
        directory,
        files
            .handle(AttributeMapping.names(directory))
            .thenCompose(handle -> new DirectoryPages(this, directory, handle).all()));
  }

  @Override
  public NfsFile open(NfsPath path, NfsOpenOptions options) throws NfsException {
    return NfsErrors.await(openAsync(path, options));
  }

  @Override
  public CompletableFuture<NfsFile> openAsync(NfsPath path, NfsOpenOptions options) {
    return openRemote(path, options).thenApply(file -> file);
  }

  private CompletableFuture<RemoteFile> openRemote(NfsPath path, NfsOpenOptions options) {
    return named(
        "cannot open",
        path,
        files
            .open(AttributeMapping.names(path), AttributeMapping.how(options))
            .thenApply(file -> new RemoteFile(this, path, file)));
  }

  @Override
  public InputStream newInputStream(NfsPath path) throws NfsException {
    RemoteFile file = NfsErrors.await(openRemote(path, NfsOpenOptions.forReading()));
    return new ReadStream(file, file.readAhead(0), true);
  }

  @Override
  public OutputStream newOutputStream(NfsPath path, NfsOpenOptions options) throws NfsException {
    return NfsErrors.await(openRemote(path, options)).owningOutputStream();
  }

  @Override
  public NfsAttributes mkdir(NfsPath path, int mode) throws NfsException {
    return NfsErrors.await(mkdirAsync(path, mode));
  }

  @Override
  public CompletableFuture<NfsAttributes> mkdirAsync(NfsPath path, int mode) {
    return attributes(
        "cannot make directory",
        path,
        files.create(
            AttributeMapping.names(path), new Createtype4.Dir(), AttributeMapping.mode(mode)));
  }

  @Override
  public NfsAttributes symlink(NfsPath path, byte[] target) throws NfsException {
    return NfsErrors.await(symlinkAsync(path, target));
  }

  @Override
  public CompletableFuture<NfsAttributes> symlinkAsync(NfsPath path, byte[] target) {
    return attributes(
        "cannot make symbolic link",
        path,
        files.create(
            AttributeMapping.names(path),
            new Createtype4.Lnk(Opaque.of(target)),
            AttributeMapping.nothing()));
  }

  @Override
  public byte[] readlink(NfsPath path) throws NfsException {
    return NfsErrors.await(readlinkAsync(path));
  }

  @Override
  public CompletableFuture<byte[]> readlinkAsync(NfsPath path) {
    return named(
        "cannot read the symbolic link",
        path,
        files.readlink(AttributeMapping.names(path)).thenApply(Opaque::toByteArray));
  }

  @Override
  public NfsAttributes mknod(
      NfsPath path, NfsFileType type, int mode, long deviceMajor, long deviceMinor)
      throws NfsException {
    return NfsErrors.await(mknodAsync(path, type, mode, deviceMajor, deviceMinor));
  }

  @Override
  public CompletableFuture<NfsAttributes> mknodAsync(
      NfsPath path, NfsFileType type, int mode, long deviceMajor, long deviceMinor) {
    return attributes(
        "cannot make",
        path,
        files.create(
            AttributeMapping.names(path),
            AttributeMapping.special(type, deviceMajor, deviceMinor),
            AttributeMapping.mode(mode)));
  }

  @Override
  public void link(NfsPath existing, NfsPath path) throws NfsException {
    NfsErrors.await(linkAsync(existing, path));
  }

  @Override
  public CompletableFuture<Void> linkAsync(NfsPath existing, NfsPath path) {
    return named(
        "cannot link " + existing + " as",
        path,
        files.link(AttributeMapping.names(existing), AttributeMapping.names(path)));
  }

  @Override
  public void rename(NfsPath from, NfsPath to) throws NfsException {
    NfsErrors.await(renameAsync(from, to));
  }

  @Override
  public CompletableFuture<Void> renameAsync(NfsPath from, NfsPath to) {
    return named(
        "cannot rename " + from + " to",
        to,
        files.rename(AttributeMapping.names(from), AttributeMapping.names(to)));
  }

  @Override
  public void remove(NfsPath path) throws NfsException {
    NfsErrors.await(removeAsync(path));
  }

  @Override
  public CompletableFuture<Void> removeAsync(NfsPath path) {
    return named("cannot remove", path, files.remove(AttributeMapping.names(path)));
  }

  @Override
  public CopyResult copy(NfsPath source, NfsClient to, NfsPath destination, NfsCopyOptions options)
      throws NfsException {
    return NfsErrors.await(startCopy(source, to, destination, options).completion());
  }

  @Override
  public CopyHandle startCopy(
      NfsPath source, NfsClient to, NfsPath destination, NfsCopyOptions options) {
    if (!(to instanceof RemoteClient other)) {
      throw new IllegalArgumentException("the destination must be on a client made by NfsClient");
    }
    CopyTracker progress = new CopyTracker(options.progress(), options.isWatched());
    String what = what("cannot copy", source) + " to nfs://" + other.server + destination;
    WholeFileCopy.Places places =
        new WholeFileCopy.Places(
            files,
            AttributeMapping.names(source),
            other.files,
            AttributeMapping.names(destination),
            options.mode(),
            options.replace(),
            AttributeMapping.changes(options.attributes()));
    return new RemoteCopy(
        what, progress, WholeFileCopy.run(places, means(other, options), progress));
  }

  @Override
  public void close() {
    closeAsync().join();
  }

  @Override
  public CompletableFuture<Void> closeAsync() {
    return files.session().closeAfter(offloads.close().thenCompose(stopped -> files.closeAll()));
  }
}
