package io.ferrynfs.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class UserGroupsTest {
  @Test
  void groupsOfRootAreFound() throws Exception {
    assertThat(new UserGroups().groupsOf(0)).contains(0L);
  }

  @Test
  void unknownUidHasNoGroups() throws Exception {
    assertThat(new UserGroups().groupsOf(4_000_000_123L)).isNull();
  }

  @Test
  void groupsAreParsedAsNumbers() throws Exception {
    assertThat(UserGroups.parse("1000 4 24 4294967294"))
        .isEqualTo(List.of(1000L, 4L, 24L, 4294967294L));
    assertThatThrownBy(() -> UserGroups.parse("adm cdrom")).isInstanceOf(IOException.class);
  }
}
