package dev.stoker.relabel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import dev.stoker.relabel.RelabelRule.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Random rules and labels: the engine against {@link SlowRelabeler}. Replay with the printed seed.
 */
class RelabelFuzzTest {
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261124);
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 10_000);
  private static final String[] NAMES = {"a", "b", "ab", "__meta_a", "__meta_b", "job", "x.y"};
  private static final String[] VALUES = {"a", "b", "ab", "a;b", "foo", "foo-1", "A\nB", "", "10"};
  private static final String[] REGEXES = {
    "(.*)",
    "a",
    "a|b",
    "(a)(b)?",
    "([^-]*)-?(.*)",
    ".+",
    "",
    "__meta_(.+)",
    "(a|b)+",
    "f(o+)(-\\d)?",
    "[ab]{1,2}",
    "(?:x)?.*",
    "(?i)(A).*",
    "a$",
    "^(b)"
  };
  private static final String[] TEMPLATES = {
    "$1", "${1}", "x", "$2$1", "${1}_y", "$1x", "$$", "", "new_$0", "$", "${9}", "a$$b${2}"
  };
  private static final String[] TARGETS = {"a", "b", "new", "$1", "t_${1}", "x.y"};

  @Test
  void engine_agreesWithThePlainOne() {
    SplittableRandom random = new SplittableRandom(SEED);
    int dropped = 0;
    int changed = 0;
    for (int i = 0; i < CASES; i++) {
      Labels labels = labels(random);
      List<Spec> specs = specs(random);
      Labels expected = SlowRelabeler.apply(specs, labels);
      Relabeler relabeler = new Relabeler(specs.stream().map(RelabelRule::new).toList());
      Relabeled actual = relabeler.apply(labels);
      String what = "seed " + SEED + " case " + i + ": " + labels + " by " + specs;

      if (expected == null) {
        dropped++;
        assertThat(actual).as(what).isInstanceOf(Relabeled.Dropped.class);
      } else {
        changed += expected.equals(labels) ? 0 : 1;
        assertThat(actual).as(what).isEqualTo(new Relabeled.Kept(expected));
      }
      explains(relabeler, labels, actual, what);
    }
    // Else the generator is no good.
    assertThat(dropped).isGreaterThan(CASES / 20);
    assertThat(changed).isGreaterThan(CASES / 5);
  }

  private static void explains(Relabeler relabeler, Labels labels, Relabeled actual, String what) {
    List<RelabelStep> steps = relabeler.explain(labels);
    if (steps.isEmpty()) {
      return;
    }
    RelabelStep last = steps.get(steps.size() - 1);
    if (actual instanceof Relabeled.Dropped drop) {
      assertThat(last.effect()).as(what).isEqualTo(RelabelStep.Effect.DROPPED);
      assertThat(last.rule()).as(what).isEqualTo(drop.rule());
      assertThat(last.detail()).as(what).isEqualTo(drop.detail()).isNotEmpty();
    } else {
      assertThat(new Relabeled.Kept(last.after())).as(what).isEqualTo(actual);
    }
  }

  private static Labels labels(SplittableRandom random) {
    Labels.Builder labels = Labels.empty().toBuilder();
    for (int i = random.nextInt(5); i >= 0; i--) {
      labels.set(pick(random, NAMES), pick(random, VALUES));
    }
    return labels.build();
  }

  private static List<Spec> specs(SplittableRandom random) {
    List<Spec> specs = new ArrayList<>();
    while (specs.size() <= random.nextInt(4)) {
      Action action = Action.values()[random.nextInt(Action.values().length)];
      Spec spec =
          new Spec(
              action,
              sources(random, action),
              random.nextInt(4) == 0 ? "-" : ";",
              pick(random, REGEXES),
              pick(random, TARGETS),
              pick(random, TEMPLATES),
              action == Action.HASHMOD ? 1 + random.nextInt(1000) : 0);
      if (action == Action.KEEPEQUAL || action == Action.DROPEQUAL) {
        spec = Spec.of(action, pick(random, NAMES)).target(pick(random, NAMES));
      } else if (action == Action.LABELDROP || action == Action.LABELKEEP) {
        spec = Spec.of(action).regex(pick(random, REGEXES));
      } else if (action == Action.LOWERCASE || action == Action.UPPERCASE) {
        spec = spec.replacement("$1");
      }
      if (spec.problems().isEmpty()) {
        specs.add(spec);
      }
    }
    return specs;
  }

  private static List<String> sources(SplittableRandom random, Action action) {
    List<String> sources = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      sources.add(pick(random, NAMES));
    }
    return action == Action.LABELMAP ? List.of() : sources;
  }

  private static String pick(SplittableRandom random, String[] from) {
    return from[random.nextInt(from.length)];
  }
}
