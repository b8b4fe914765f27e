package dev.stoker.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.labels.Labels;
import dev.stoker.profile.Appender;
import dev.stoker.profile.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ForwardToTest {
  private static final Profile PROFILE = new Profile(Labels.of("a", "b"), new byte[1], 1);
  private static final Appender BROKEN =
      profile -> {
        throw new StackOverflowError();
      };

  private final List<Profile> taken = new ArrayList<>();

  @Test
  void aReceiverThatThrows_doesNotKeepTheProfileFromTheOthers() {
    ForwardTo forwardTo =
        new ForwardTo(Map.of("broken", BROKEN, "good", taken::add), List.of("broken", "good"));
    assertThat(forwardTo.append(PROFILE)).isTrue();
    assertThat(taken).containsExactly(PROFILE);
  }

  @Test
  void whenNobodyTakesIt_theSenderLearnsOfTheBug() {
    ForwardTo forwardTo =
        new ForwardTo(
            Map.of("broken", BROKEN, "full", profile -> false), List.of("broken", "full"));
    assertThatThrownBy(() -> forwardTo.append(PROFILE))
        .hasMessageContaining("broken")
        .hasMessageContaining("StackOverflowError");
  }

  @Test
  void aReceiverThatHasGone_refuses() {
    assertThat(new ForwardTo(Map.of(), List.of("gone")).append(PROFILE)).isFalse();
  }
}
