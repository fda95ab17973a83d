package io.ferrynfs.server.state;

import io.ferrynfs.wire.xdr.Opaque;

/** The stateid of an asynchronous copy (RFC 7862 section 4.8) on its destination file. */
final class OffloadState extends StateEntry {
  private final Offload offload;

  OffloadState(long clientid, FileState file, Opaque other, Offload offload) {
    super(clientid, file, other);
    this.offload = offload;
  }

  Offload offload() {
    return offload;
  }

  @Override
  Kind kind() {
    return Kind.COPY;
  }

  @Override
  boolean holdsClient() {
    return offload.isActive();
  }

  @Override
  void detach() {
    file().offloadRemoved();
  }

  @Override
  void release() {
    offload.abandon();
  }
}
