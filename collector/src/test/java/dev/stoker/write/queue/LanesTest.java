package dev.stoker.write.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanesTest {
  private final Lanes lanes = new Lanes();
  private final List<QueuedProfile> aside = new ArrayList<>();

  LanesTest() {
    for (int i = 0; i < 10; i++) {
      OutgoingProfile push = OutgoingProfile.of(Labels.of("__name__", "x"), new byte[10], 0);
      QueuedProfile parcel = new QueuedProfile(i, push, 0);
      lanes.add(parcel);
      lanes.stepAside(parcel);
      aside.add(parcel);
    }
  }

  @Test
  void whatWasCalledBack_isNotCalledBesidesAnother_untilItIsTaken() {
    lanes.comeBack(2);
    lanes.comeBack(2);
    assertThat(lanes.ready()).as("nothing has changed in between").isEqualTo(2);

    lanes.remove(aside.get(0));
    lanes.comeBack(2);
    assertThat(lanes.ready()).isEqualTo(2);
    assertThat(lanes.firstFresh()).isSameAs(aside.get(1));
  }

  @Test
  void whatStepsAsideAgain_mayBeCalledAgain() {
    lanes.comeBack(2);
    lanes.toBacklog(aside.get(0));
    lanes.stepAside(aside.get(0));
    lanes.stepAside(aside.get(1));
    assertThat(lanes.ready()).isZero();
    lanes.comeBack(3);
    assertThat(lanes.ready()).isEqualTo(3);
    assertThat(lanes.size()).isEqualTo(10);
  }
}
