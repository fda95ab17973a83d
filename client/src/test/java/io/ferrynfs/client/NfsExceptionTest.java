package io.ferrynfs.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NfsExceptionTest {

  @Test
  void failureReportsWhetherTheServerMayHaveExecutedTheCall() {
    CallException silence = CallException.of(Kind.TIMED_OUT, "no answer for 60 s");
    assertThat(NfsErrors.of("cannot remove /x", silence))
        .returns(false, NfsException::outcomeUnknown)
        .hasMessage("cannot remove /x: no answer for 60 s; try again, or allow more time");
    assertThat(NfsErrors.of("cannot remove /x", silence.withUnknownOutcome()))
        .returns(true, NfsException::outcomeUnknown)
        .returns(NfsException.Reason.TIMED_OUT, NfsException::reason)
        .hasMessage(
            "cannot remove /x: no answer for 60 s; the server may have done it all the same;"
                + " try again, or allow more time");
  }

  @Test
  void blockingCallReportsAnUnknownOutcomeToo() {
    CallException lost = CallException.of(Kind.UNREACHABLE, "gone").withUnknownOutcome();
    var failed = NfsErrors.named("cannot remove /x", CompletableFuture.failedFuture(lost));
    assertThat(waitFor(failed)).returns(true, NfsException::outcomeUnknown);
  }

  private static NfsException waitFor(CompletableFuture<?> future) {
    try {
      NfsErrors.await(future);
    } catch (NfsException e) {
      return e;
    }
    throw new AssertionError("did not fail");
  }
}
