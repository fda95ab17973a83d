package io.ferrynfs.client.file;

import io.ferrynfs.client.file.FileSpace.ReadPlusResult;
import io.ferrynfs.client.file.FileSpace.Segment;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.wire.nfs4.Data4;
import io.ferrynfs.wire.nfs4.DataInfo4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import java.util.ArrayList;
import java.util.List;

/** The segments of a READ_PLUS reply, whose order, contiguity and ends the session has checked. */
final class ReadPlusSegments {

  private ReadPlusSegments() {}

  /**
   * Returns the data and holes of a range, the second operation's result.
   *
   * @throws CallException PROTOCOL if there are no segments but the file continues
   */
  static ReadPlusResult of(Results results, long offset, int asked) throws CallException {
    if (!(results.at(1, NfsResop4.ReadPlus.class).res() instanceof ReadPlus4Res.Ok(var ok))) {
      throw results.failure();
    }
    List<Segment> segments = new ArrayList<>();
    long next = offset;
    for (ReadPlusContent content : ok.contents()) {
      Segment segment =
          switch (content) {
            case ReadPlusContent.Data(Data4 data) ->
                new Segment(data.offset(), data.data().length(), false);
            case ReadPlusContent.Hole(DataInfo4 hole) ->
                new Segment(hole.offset(), hole.length(), true);
          };
      if (segment.length() != 0) {
        segments.add(segment);
        next = end(segment);
      }
    }
    int bytes = (int) Math.min(asked, next - offset);
    if (bytes == 0 && !ok.eof() && asked > 0) {
      throw CallException.of(Kind.PROTOCOL, "READ_PLUS gave nothing before the end");
    }
    // A hole beyond the requested range may reach the end of the file; the requested range does
    // not.
    boolean behind = next - offset > asked;
    return new ReadPlusResult(bytes, ok.eof() && !behind, segments);
  }

  /** A hole that ends at 2^63 or more ends behind everything; none ends at 2^64 or more. */
  private static long end(Segment segment) {
    long end = segment.offset() + segment.length();
    return end < segment.offset() || segment.length() < 0 ? Long.MAX_VALUE : end;
  }
}
