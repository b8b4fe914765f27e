package dev.stoker.profile.relabel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.profile.Profile;
import dev.stoker.relabel.Action;
import dev.stoker.relabel.RelabelRule;
import dev.stoker.relabel.RelabelRule.Spec;
import dev.stoker.relabel.Relabeler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProfileRelabelTest {
  private static final Labels MUTEX =
      Labels.of("__name__", "mutex", "__profile_path__", "/m", "__meta_node", "n1", "pod", "p");
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Profile> forwarded = new ArrayList<>();
  private boolean accept = true;
  private boolean broken;

  @Test
  void rules_seeNamePathAndMeta_andChangeLabelsOnly() {
    ProfileRelabel relabel =
        relabel(
            10,
            Spec.of(Action.REPLACE, "__name__", "__profile_path__", "__meta_node").target("seen"));
    byte[] body = {1};

    assertThat(relabel.append(new Profile(MUTEX, body, 7))).isTrue();

    assertThat(forwarded)
        .containsExactly(
            new Profile(MUTEX.toBuilder().set("seen", "mutex;/m;n1").build(), body, 7));
  }

  @Test
  void droppedByRule_countsAsAccepted_andSaysWhichRule() {
    ProfileRelabel relabel = relabel(10, Spec.of(Action.DROP, "__name__").regex("mutex"));

    assertThat(relabel.append(profile(MUTEX))).isTrue();

    assertThat(forwarded).isEmpty();
    assertThat(dropped("rule")).isEqualTo(1);
    assertThat(relabel.summary())
        .isEqualTo(
            "0 profiles forwarded, 1 dropped; the last by rule 1: drop __name__ saw \"mutex\","
                + " regex mutex");
  }

  @Test
  void refusalDownstream_isPassedOn_soThatTheBaselineStays() {
    accept = false;
    ProfileRelabel relabel = relabel(10);

    assertThat(relabel.append(profile(MUTEX))).isFalse();
    assertThat(registry.get("pyroscope.relabel.profiles.written").counter().count()).isZero();
  }

  @Test
  void labelsThatAreAllGone_orTooLarge_areDroppedWithTheirReason() {
    assertThat(relabel(10, Spec.of(Action.LABELDROP).regex(".*")).append(profile(MUTEX))).isTrue();
    assertThat(dropped("empty")).isEqualTo(1);

    Spec twice = Spec.of(Action.REPLACE, "pod").regex("(.+)").target("pod").replacement("$1$1");
    Spec[] doubled = Stream.generate(() -> twice).limit(30).toArray(Spec[]::new);
    assertThat(relabel(10, doubled).append(profile(MUTEX))).isTrue();
    assertThat(dropped("too_large")).isEqualTo(1);
    assertThat(forwarded).isEmpty();
  }

  @Test
  void everyProfileThatCame_leavesByOneOutcome_alsoWhenAReceiverThrows() {
    ProfileRelabel relabel = relabel(10, Spec.of(Action.DROP, "pod").regex("drop"));
    relabel.append(profile(MUTEX));
    relabel.append(profile(MUTEX.toBuilder().set("pod", "drop").build()));
    accept = false;
    relabel.append(profile(MUTEX));
    broken = true;
    assertThat(relabel.append(profile(MUTEX))).isFalse();

    assertThat(relabel.books().snapshot().came()).isEqualTo(4);
    assertThat(relabel.books().snapshot().left())
        .isEqualTo(
            Map.of(
                ComponentBooks.Outcome.OFFERED, 1L,
                ComponentBooks.Outcome.RULED_OUT, 1L,
                ComponentBooks.Outcome.EMPTY, 0L,
                ComponentBooks.Outcome.REFUSED, 1L,
                ComponentBooks.Outcome.FAILED, 1L));
    assertThat(relabel.books().recentBug(System.nanoTime(), Long.MAX_VALUE))
        .contains("relabelling a profile", "StackOverflowError");
    assertThat(
            registry.get("stoker.component.profiles").tag("outcome", "received").counter().count())
        .isEqualTo(4);
  }

  @Test
  void outcomes_areRemembered_upToTheBound_andRightAfterwards() {
    ProfileRelabel relabel =
        relabel(
            3,
            Spec.of(Action.REPLACE, "pod").target("copy"),
            Spec.of(Action.LABELDROP).regex("pod"));
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5; i++) {
        relabel.append(profile(Labels.of("pod", "p" + i)));
      }
      relabel.append(profile(Labels.of("pod", "p4")));
    }

    assertThat(forwarded)
        .extracting(profile -> profile.labels().toMap().toString())
        .containsExactly(
            "{copy=p0}",
            "{copy=p1}",
            "{copy=p2}",
            "{copy=p3}",
            "{copy=p4}",
            "{copy=p4}",
            "{copy=p0}",
            "{copy=p1}",
            "{copy=p2}",
            "{copy=p3}",
            "{copy=p4}",
            "{copy=p4}");
    assertThat(registry.get("pyroscope.relabel.cache.size").gauge().value()).isEqualTo(3);
    assertThat(registry.get("pyroscope.relabel.cache.hits").functionCounter().count()).isEqualTo(2);
  }

  @Test
  void stop_takesItsMetricsAway() {
    ProfileRelabel relabel = relabel(3);
    relabel.stop();
    relabel.stop();
    assertThat(registry.getMeters()).isEmpty();
  }

  private ProfileRelabel relabel(int cache, Spec... rules) {
    Relabeler relabeler = new Relabeler(Stream.of(rules).map(RelabelRule::new).toList());
    return new ProfileRelabel(
        new ProfileRelabelConfig("pyroscope.relabel.r", List.of(), relabeler, cache),
        profile -> {
          if (broken) {
            throw new StackOverflowError();
          }
          forwarded.add(profile);
          return accept;
        },
        registry);
  }

  private double dropped(String reason) {
    return registry
        .get("pyroscope.relabel.profiles.dropped")
        .tag("reason", reason)
        .counter()
        .count();
  }

  private static Profile profile(Labels labels) {
    return new Profile(labels, new byte[0], 0);
  }
}
