package io.ferrynfs.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotTableTest {

  private final SlotTable slots = new SlotTable(4);

  @Test
  void lowestFreeSlotIsUsedFirst() {
    assertThat(slots.take()).isZero();
    assertThat(slots.take()).isEqualTo(1);
    slots.executed(0);
    assertThat(slots.take()).isZero();
  }

  @Test
  void fullTableHasNoSlot() {
    for (int i = 0; i < 4; i++) {
      slots.take();
    }
    assertThat(slots.take()).isEqualTo(-1);
  }

  @Test
  void onlyAnExecutedCallAdvancesTheSequenceId() {
    int slot = slots.take();
    assertThat(slots.sequenceId(slot)).isEqualTo(1);
    slots.refused(slot);
    assertThat(slots.sequenceId(slot)).isEqualTo(1);
    slots.take();
    slots.executed(slot);
    assertThat(slots.sequenceId(slot)).isEqualTo(2);
  }

  @Test
  void serverMayShrinkTheTableToOneSlot() {
    slots.shrinkTo(1);
    assertThat(slots.take()).isZero();
    assertThat(slots.take()).isEqualTo(1);
    assertThat(slots.take()).isEqualTo(-1);
    slots.executed(0);
    slots.executed(1);
    slots.shrinkTo(0);
    assertThat(slots.take()).isZero();
    assertThat(slots.take()).isEqualTo(-1);
  }

  @Test
  void retiredSlotIsNotReusedAndHalfOfThemEndTheSession() {
    slots.take();
    slots.retire(0);
    assertThat(slots.worn()).isFalse();
    assertThat(slots.take()).isEqualTo(1);
    slots.retire(1);
    assertThat(slots.worn()).isTrue();
    assertThat(slots.idle()).isTrue();
  }
}
