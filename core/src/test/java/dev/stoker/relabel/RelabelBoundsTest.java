package dev.stoker.relabel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import dev.stoker.relabel.RelabelRule.Spec;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No rule set takes exponential time or memory; bad rules say what is wrong. */
class RelabelBoundsTest {
  @Test
  void aValueThatDoubles_dropsTheTarget() {
    Spec twice = Spec.of(Action.REPLACE, "a").target("a").replacement("$1$1");

    Relabeled result = apply(Collections.nCopies(60, twice), Labels.of("a", "x"));

    assertThat(result).isInstanceOf(Relabeled.TooLarge.class);
    Relabeled.TooLarge large = (Relabeled.TooLarge) result;
    assertThat(large.rule()).isEqualTo(17);
    assertThat(large.detail()).contains("label a would grow to 131072 characters; at most 65536");
  }

  @Test
  void labelsThatDouble_dropTheTarget() {
    Spec more = Spec.of(Action.LABELMAP).regex("(.*)").replacement("${1}x");
    Spec again = Spec.of(Action.LABELMAP).regex("(.*)").replacement("y${1}");
    List<Spec> rules =
        Stream.generate(() -> List.of(more, again)).limit(60).flatMap(List::stream).toList();

    assertThat(apply(rules, Labels.of("a", "1", "b", "2"))).isInstanceOf(Relabeled.TooLarge.class);
  }

  @Test
  void manyCopiesOfALargeValue_dropTheTarget() {
    Labels large = Labels.of("a", "x".repeat(60_000));
    List<Spec> rules =
        java.util.stream.IntStream.range(0, 100)
            .mapToObj(i -> Spec.of(Action.REPLACE, "a").target("copy" + i))
            .toList();

    assertThat(apply(rules, large)).isInstanceOf(Relabeled.TooLarge.class);
  }

  @Test
  void aReplacementThatRepeatsAGroup_isNotMade() {
    Spec bad = Spec.of(Action.REPLACE, "a").target("b").replacement("$1".repeat(100_000));

    assertThat(apply(List.of(bad), Labels.of("a", "x".repeat(60_000))))
        .isInstanceOf(Relabeled.TooLarge.class);
  }

  @Test
  void sourceLabelsThatAreLongTogether_dropTheTarget() {
    String[] names = new String[100_000];
    java.util.Arrays.fill(names, "a");
    Spec bad = Spec.of(Action.KEEP, names);

    assertThat(apply(List.of(bad), Labels.of("a", "x".repeat(60_000))))
        .isInstanceOf(Relabeled.TooLarge.class);
  }

  @Test
  void aHostileRegex_isLinear() {
    Spec bad = Spec.of(Action.KEEP, "a").regex("(a|aa|a*)*b");

    assertThat(apply(List.of(bad), Labels.of("a", "a".repeat(5_000))))
        .isInstanceOf(Relabeled.Dropped.class);
  }

  static Stream<org.junit.jupiter.params.provider.Arguments> badRules() {
    return Stream.of(
        bad(Spec.of(Action.REPLACE, "a"), "needs a target_label"),
        bad(Spec.of(Action.HASHMOD, "a").target("b"), "needs a modulus above 0"),
        bad(Spec.of(Action.LOWERCASE, "a").target("b").replacement("x"), "takes no replacement"),
        bad(Spec.of(Action.LABELMAP).replacement(""), "needs a replacement"),
        bad(
            Spec.of(Action.KEEPEQUAL, "a").target("b").regex("x"),
            "source_labels and target_label"),
        bad(Spec.of(Action.LABELDROP, "a").regex("x"), "takes a regex only"),
        bad(Spec.of(Action.KEEP, "a").regex("(unclosed"), "no RE2 expression"),
        bad(Spec.of(Action.KEEP, "a").regex("(?=look)ahead"), "no RE2 expression"),
        bad(Spec.of(Action.KEEP, "a").regex("(a)\\1"), "no RE2 expression"),
        bad(Spec.of(Action.KEEP, "a").regex("((((a{100}){100}){100}){100})"), "RE2 expression"),
        bad(
            Spec.of(Action.KEEP, "a").regex("x".repeat(20_000) + ".*"),
            "more than 16384 characters"),
        bad(Spec.of(Action.KEEP, "a").regex("x|".repeat(1 << 20)), "more than 1048576 characters"));
  }

  private static org.junit.jupiter.params.provider.Arguments bad(Spec spec, String message) {
    return org.junit.jupiter.params.provider.Arguments.of(spec, message);
  }

  @ParameterizedTest
  @MethodSource("badRules")
  void aBadRule_saysWhatIsWrong(Spec spec, String message) {
    assertThat(spec.problems()).singleElement().asString().contains(message);
  }

  private static Relabeled apply(List<Spec> specs, Labels labels) {
    return new Relabeler(specs.stream().map(RelabelRule::new).toList()).apply(labels);
  }
}
