package dev.stoker.write.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.labels.Labels;
import dev.stoker.write.disk.DiskEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every step from every state: the legal ones end where they should, the others change nothing. */
class QueuedProfileTest {
  private static final OutgoingProfile CONTENT =
      OutgoingProfile.of(Labels.of("n", "1"), new byte[10], 1);

  private record Step<S>(String name, Consumer<QueuedProfile> step, S to, List<S> from) {}

  private static final List<Step<Stage>> STAGES =
      List.of(
          new Step<>(
              "enter", QueuedProfile::enter, Stage.FRESH, List.of(Stage.ARRIVED, Stage.IN_FLIGHT)),
          new Step<>(
              "take", QueuedProfile::take, Stage.IN_FLIGHT, List.of(Stage.FRESH, Stage.BACKLOG)),
          new Step<>("delay", profile -> profile.delay(1), Stage.DELAYED, List.of(Stage.IN_FLIGHT)),
          new Step<>(
              "stepAside",
              QueuedProfile::stepAside,
              Stage.ASIDE,
              List.of(Stage.FRESH, Stage.BACKLOG)),
          new Step<>(
              "comeBack",
              QueuedProfile::comeBack,
              Stage.FRESH,
              List.of(Stage.DELAYED, Stage.ASIDE)),
          new Step<>(
              "settle",
              QueuedProfile::settle,
              Stage.SETTLED,
              List.of(Stage.FRESH, Stage.BACKLOG, Stage.DELAYED, Stage.ASIDE, Stage.IN_FLIGHT)));

  private static final List<Step<Body>> BODIES =
      List.of(
          new Step<>("write", QueuedProfile::write, Body.WRITING, List.of(Body.MEMORY)),
          new Step<>("written", profile -> profile.written(7), Body.BOTH, List.of(Body.WRITING)),
          new Step<>("notWritten", QueuedProfile::notWritten, Body.MEMORY, List.of(Body.WRITING)),
          new Step<>("unload", QueuedProfile::unload, Body.DISK, List.of(Body.BOTH)),
          new Step<>("read", QueuedProfile::read, Body.READING, List.of(Body.DISK)),
          new Step<>(
              "loaded", profile -> profile.loaded(CONTENT), Body.AHEAD, List.of(Body.READING)),
          new Step<>("land", QueuedProfile::land, Body.BOTH, List.of(Body.AHEAD)),
          new Step<>(
              "lostOnDisk", profile -> profile.lostOnDisk(true), Body.MEMORY, List.of(Body.BOTH)));

  @Test
  void stages_changeByLegalStepsOnly() {
    for (Step<Stage> step : STAGES) {
      for (Stage from : Stage.values()) {
        QueuedProfile profile = at(from);
        if (step.from().contains(from)) {
          step.step().accept(profile);
          boolean back = step.to() == Stage.FRESH && profile.backlog();
          assertThat(profile.stage())
              .as(step.name() + " of " + from)
              .isEqualTo(back ? Stage.BACKLOG : step.to());
        } else {
          assertThatThrownBy(() -> step.step().accept(profile))
              .as(step.name() + " of " + from)
              .isInstanceOf(IllegalStateException.class);
          assertThat(profile.stage()).isEqualTo(from);
        }
      }
    }
  }

  @Test
  void bodies_moveByLegalStepsOnly() {
    for (Step<Body> step : BODIES) {
      for (Body from : Body.values()) {
        QueuedProfile profile = with(from);
        if (step.from().contains(from)) {
          step.step().accept(profile);
          assertThat(profile.body()).as(step.name() + " of " + from).isEqualTo(step.to());
        } else {
          assertThatThrownBy(() -> step.step().accept(profile))
              .as(step.name() + " of " + from)
              .isInstanceOf(IllegalStateException.class);
          assertThat(profile.body()).isEqualTo(from);
        }
        assertThat(profile.resident())
            .as(profile.body() + " is in memory")
            .isEqualTo(!List.of(Body.DISK, Body.READING, Body.GONE).contains(profile.body()));
      }
    }
  }

  @Test
  void whatJoinsTheBacklog_comesBackToIt() {
    List<Stage> waiting = List.of(Stage.FRESH, Stage.BACKLOG, Stage.DELAYED, Stage.ASIDE);
    List<Stage> after = new ArrayList<>();
    for (Stage stage : waiting) {
      QueuedProfile profile = at(stage);
      profile.joinBacklog();
      assertThat(profile.stage()).isEqualTo(stage == Stage.FRESH ? Stage.BACKLOG : stage);
      if (!profile.stage().ready()) {
        profile.comeBack();
      }
      after.add(profile.stage());
    }
    assertThat(after).containsOnly(Stage.BACKLOG);
    assertThatThrownBy(() -> at(Stage.IN_FLIGHT).joinBacklog())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsInFlight_staysInMemory() {
    QueuedProfile profile = with(Body.BOTH);
    profile.take();
    assertThatThrownBy(profile::unload).isInstanceOf(IllegalStateException.class);
    assertThat(profile.content()).isSameAs(CONTENT);
  }

  private static QueuedProfile at(Stage stage) {
    QueuedProfile profile = new QueuedProfile(1, CONTENT, 0);
    if (stage == Stage.ARRIVED) {
      return profile;
    }
    profile.enter();
    switch (stage) {
      case BACKLOG -> profile.joinBacklog();
      case ASIDE -> profile.stepAside();
      case SETTLED -> profile.settle();
      case IN_FLIGHT -> profile.take();
      case DELAYED -> {
        profile.take();
        profile.delay(1);
      }
      default -> {}
    }
    return profile;
  }

  /** It waits in the backlog, but for a body that is gone. */
  private static QueuedProfile with(Body body) {
    QueuedProfile profile = new QueuedProfile(1, CONTENT, 0);
    profile.enter();
    profile.joinBacklog();
    if (body == Body.MEMORY) {
      return profile;
    }
    if (body == Body.GONE) {
      profile.settle();
      return profile;
    }
    if (body == Body.DISK || body == Body.READING || body == Body.AHEAD) {
      profile = new QueuedProfile(new DiskEntry(3, 10, 5, 1, 1), 0, 0);
      profile.enter();
      if (body != Body.DISK) {
        profile.read();
      }
      if (body == Body.AHEAD) {
        profile.loaded(CONTENT);
      }
      return profile;
    }
    profile.write();
    if (body == Body.BOTH) {
      profile.written(3);
    }
    return profile;
  }
}
