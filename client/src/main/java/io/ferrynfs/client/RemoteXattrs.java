package io.ferrynfs.client;

import io.ferrynfs.client.file.FileXattrs;
import io.ferrynfs.wire.nfs4.SetxattrOption4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The implementation of the API of extended attributes. */
final class RemoteXattrs implements NfsXattrs {
  private final RemoteClient client;
  private final NfsPath path;
  private final FileXattrs xattrs;

  RemoteXattrs(RemoteClient client, NfsPath path, FileXattrs xattrs) {
    this.client = client;
    this.path = path;
    this.xattrs = xattrs;
  }

  private <T> CompletableFuture<T> named(String action, CompletableFuture<T> future) {
    return NfsErrors.named(client.what(action, path), future);
  }

  @Override
  public boolean isSupported() throws NfsException {
    return NfsErrors.await(isSupportedAsync());
  }

  @Override
  public CompletableFuture<Boolean> isSupportedAsync() {
    return named("cannot get the attributes of", xattrs.isSupported());
  }

  @Override
  public List<String> list() throws NfsException {
    return NfsErrors.await(listAsync());
  }

  @Override
  public CompletableFuture<List<String>> listAsync() {
    return named(
        "cannot list the extended attributes of",
        xattrs.list().thenApply(names -> names.stream().map(Opaque::utf8).toList()));
  }

  @Override
  public byte[] get(String name) throws NfsException {
    return NfsErrors.await(getAsync(name));
  }

  @Override
  public CompletableFuture<byte[]> getAsync(String name) {
    return named(
        "cannot get the extended attribute " + name + " of",
        xattrs.get(Opaque.ofUtf8(name)).thenApply(Opaque::toByteArray));
  }

  @Override
  public void set(String name, byte[] value, Mode mode) throws NfsException {
    NfsErrors.await(setAsync(name, value, mode));
  }

  @Override
  public CompletableFuture<Void> setAsync(String name, byte[] value, Mode mode) {
    SetxattrOption4 option =
        switch (mode) {
          case CREATE -> SetxattrOption4.SETXATTR4_CREATE;
          case REPLACE -> SetxattrOption4.SETXATTR4_REPLACE;
          case EITHER -> SetxattrOption4.SETXATTR4_EITHER;
        };
    return named(
        "cannot set the extended attribute " + name + " of",
        xattrs.set(Opaque.ofUtf8(name), Opaque.of(value), option));
  }

  @Override
  public void remove(String name) throws NfsException {
    NfsErrors.await(removeAsync(name));
  }

  @Override
  public CompletableFuture<Void> removeAsync(String name) {
    return named(
        "cannot remove the extended attribute " + name + " of", xattrs.remove(Opaque.ofUtf8(name)));
  }
}
