package io.ferrynfs.client.session;

import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the file data that passes through a client: the results of READ and READ_PLUS and the
 * arguments of WRITE. Each transmission counts. Safe for use by several threads.
 */
public final class TrafficCounter {

  private final LongAdder read = new LongAdder();
  private final LongAdder written = new LongAdder();

  void sending(Compound4Args args) {
    for (NfsArgop4 operation : args.argarray()) {
      if (operation instanceof NfsArgop4.Write(var write)) {
        written.add(write.data().length());
      }
    }
  }

  void received(Compound4Res reply) {
    for (NfsResop4 result : reply.resarray()) {
      if (result instanceof NfsResop4.Read(Read4Res.Ok(var ok))) {
        read.add(ok.data().length());
      } else if (result instanceof NfsResop4.ReadPlus(ReadPlus4Res.Ok(var ok))) {
        ok.contents().forEach(this::received);
      }
    }
  }

  private void received(ReadPlusContent segment) {
    if (segment instanceof ReadPlusContent.Data(var data)) {
      read.add(data.data().length());
    }
  }

  /** Returns the number of bytes in results of READ and READ_PLUS. */
  public long bytesRead() {
    return read.sum();
  }

  /** Returns the number of bytes in arguments of WRITE. */
  public long bytesWritten() {
    return written.sum();
  }
}
