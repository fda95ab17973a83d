package io.ferrynfs.server.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.testing.Ops;
import org.junit.jupiter.api.Test;

/** Hostile sources with pipes to the target file, each of which takes less than a READ returns. */
class HostileSourcesByPipeTest extends HostileSourcesTest {
  private static final int PIPE_BYTES = 700_001;

  @Override
  int pipeBytes() {
    return PIPE_BYTES;
  }

  // RFC 7862 section 15.2.3: in order, a part of each READ through the pipe
  @Test
  void dataUsesThePipeUpToItsCapacity() {
    byte[] content = lab.put("from", 5 * ThreeParties.MIB + 70_000);
    ThreeParties.NotifiedFile from = lab.notifyFile("from");
    CopyClient.Open target = lab.atDestination.open("copy", Ops.BOTH);
    assertThat(ThreeParties.count(lab.atDestination.last(from.copy(target, true))))
        .isEqualTo(content.length);
    assertThat(lab.destination.content("copy")).isEqualTo(content);
    assertThat(lab.destination.server.bytesPiped()).isEqualTo(5L * PIPE_BYTES + 70_000);
    assertThat(lab.destination.volume.pipedBytes()).isEqualTo(lab.destination.server.bytesPiped());
    lab.expectNothingHeld();
  }
}
