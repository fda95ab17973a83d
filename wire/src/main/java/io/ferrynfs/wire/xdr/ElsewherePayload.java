package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;

/** Bulk data of which only the length is known here. */
record ElsewherePayload(int length) implements Payload {
  @Override
  public ByteBuffer bytes() {
    throw new UnsupportedOperationException(length + " bytes that are elsewhere");
  }
}
