package dev.stoker.scrape.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScrapeSlotsTest {
  private final ScrapeSlots slots = new ScrapeSlots(4);
  private final List<String> granted = new ArrayList<>();

  @Test
  void targetsThatAreDown_haveHalfOfTheSlots_andTheOthersAllOfThem() {
    List<ScrapeSlots.Slot> down = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String name = "down " + i;
      down.add(slots.enter(true, () -> granted.add(name)));
    }
    assertThat(granted).containsExactly("down 0", "down 1");
    for (int i = 0; i < 3; i++) {
      String name = "up " + i;
      slots.enter(false, () -> granted.add(name));
    }
    assertThat(granted).containsExactly("down 0", "down 1", "up 0", "up 1");

    down.get(0).leave();
    down.get(0).leave();
    assertThat(granted).endsWith("up 2").hasSize(5);
    down.get(1).leave();
    assertThat(granted).endsWith("down 2").hasSize(6);
  }

  @Test
  void aPlaceThatIsLeft_isNoSlot_andOneThatIsPassedOnRunsTheOtherAction() {
    List<ScrapeSlots.Slot> all = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      String name = "" + i;
      all.add(slots.enter(false, () -> granted.add(name)));
    }
    all.get(4).leave();
    all.get(5).pass(() -> granted.add("other"));
    assertThat(all.get(5).isWaiting()).isTrue();
    all.get(0).leave();
    assertThat(granted).containsExactly("0", "1", "2", "3", "other");
    assertThat(all.get(5).isWaiting()).isFalse();
    all.get(1).leave();
    assertThat(granted).endsWith("6");
  }
}
