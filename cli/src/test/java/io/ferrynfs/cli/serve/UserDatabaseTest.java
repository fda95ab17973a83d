package io.ferrynfs.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UserDatabaseTest {
  @Test
  void getentListsAreParsed() {
    assertThat(
            UserDatabase.parse(
                List.of(
                    "root:x:0:0:root:/root:/bin/bash",
                    "alice:x:1001:1001:Alice,,,:/home/alice:/bin/sh",
                    "alice:x:1002:1002::/:",
                    "staff:x:50:alice,bob",
                    "",
                    ":x:1:",
                    "broken:x:minus:1:",
                    "short:x:1")))
        .isEqualTo(Map.of("root", 0L, "alice", 1001L, "staff", 50L));
  }

  @Test
  void rootIsInTheUserDatabase() throws Exception {
    assertThat(UserDatabase.of("example.org").user(0)).isEqualTo("root@example.org");
  }
}
