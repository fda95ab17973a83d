package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;

/** Bulk data outside this process, of which only the length is known. */
record ElsewherePayload(int length) implements Payload {
  @Override
  public ByteBuffer bytes() {
    throw new UnsupportedOperationException(length + " bytes are not in this process");
  }
}
