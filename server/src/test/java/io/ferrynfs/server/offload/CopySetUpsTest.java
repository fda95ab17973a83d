package io.ferrynfs.server.offload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.server.offload.CopySetUps.SetUp;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** COPY operations that connect to their source. */
class CopySetUpsTest {
  private static final String POOL = "nfs-copy-setup";

  private final ManualEnv env = new ManualEnv();
  private final CopySetUps setUps =
      new CopySetUps(
          env,
          SourceLimits.builder()
              .linksMax(1)
              .keep(Duration.ofSeconds(1))
              .linksPerClientMax(1)
              .setUpsPerClientMax(2)
              .build());

  // Z-005, C-045
  @Test
  void setUpRunsInItsOwnPoolAndCountsTowardsTheLimitUntilItEnds() throws NfsStatusException {
    env.hold(POOL);
    List<String> done = new ArrayList<>();
    SetUp first = setUps.begin(1);
    first.proceed(() -> done.add("first"));
    SetUp second = setUps.begin(1);
    assertThat(done).as("not on the caller's thread").isEmpty();
    assertThatThrownBy(() -> setUps.begin(1))
        .isInstanceOfSatisfying(
            NfsStatusException.class,
            failed -> assertThat(failed.status()).isEqualTo(Nfsstat4.NFS4ERR_DELAY));
    setUps.begin(2).close();
    env.release(POOL);
    assertThat(done).containsExactly("first");
    assertThat(setUps.count()).isEqualTo(1);
    second.close();
    assertThat(setUps.count()).isZero();
  }
}
