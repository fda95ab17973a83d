package io.ferrynfs.server.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.testing.Ops;
import org.junit.jupiter.api.Test;

/** The same where data goes to the file by a pipe, which takes less than a READ asks for. */
class HostileSourcesByPipeTest extends HostileSourcesTest {
  private static final int PIPE_BYTES = 700_001;

  @Override
  int pipeBytes() {
    return PIPE_BYTES;
  }

  // RFC 7862 section 15.2.3: in order, part of each READ by the pipe
  @Test
  void dataGoesByThePipeAsFarAsItTakesIt() {
    byte[] content = lab.put("from", 5 * ThreeParties.MIB + 70_000);
    ThreeParties.Announced from = lab.announce("from");
    Party.Open target = lab.atDestination.open("copy", Ops.BOTH);
    assertThat(ThreeParties.count(lab.atDestination.last(from.copy(target, true))))
        .isEqualTo(content.length);
    assertThat(lab.destination.content("copy")).isEqualTo(content);
    assertThat(lab.destination.server.bytesPiped()).isEqualTo(5L * PIPE_BYTES + 70_000);
    assertThat(lab.destination.volume.pipedBytes()).isEqualTo(lab.destination.server.bytesPiped());
    lab.expectNothingHeld();
  }
}
