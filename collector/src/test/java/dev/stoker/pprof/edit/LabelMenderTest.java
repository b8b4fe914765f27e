package dev.stoker.pprof.edit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.edit.LabelMender.Limits;
import dev.stoker.pprof.edit.LabelMender.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LabelMenderTest {
  private static final Limits NAMES = new Limits(true, 0, 0);

  @Test
  void characterThatIsNotAllowed_becomesAnUnderscore() {
    LabelMender mender = new LabelMender(NAMES, Set.of());

    assertThat(
            mend(
                mender,
                set(
                    "process-description", "a",
                    "local root span id", "b",
                    "1st", "c",
                    "schlüssel", "d",
                    "🦊", "e",
                    "rpc.method", "g",
                    "a:b", "h")))
        .containsExactly(
            set(
                "process_description", "a",
                "local_root_span_id", "b",
                "_st", "c",
                "schl_ssel", "d",
                "_", "e",
                "rpc.method", "g",
                "a_b", "h"));
    assertThat(mender.mended().get(Reason.CLASH)).isNull();
  }

  @Test
  void nameOfOneStrangeCharacter_clashesWithAnother() {
    LabelMender mender = new LabelMender(NAMES, Set.of());

    assertThat(mend(mender, set("🦊", "e", "", "f"))).containsExactly(set("_", "e"));
    assertThat(mender.mended().get(Reason.CLASH)).containsExactly("");
  }

  @Test
  void mendedNameThatIsTaken_dropsTheMendedLabel_whereverItStands() {
    LabelMender mender = new LabelMender(NAMES, Set.of());

    assertThat(
            mend(mender, set("a-b", "1", "a_b", "2"), set("a_b", "2", "a-b", "1"), set("a-b", "1")))
        .containsExactly(set("a_b", "2"), set("a_b", "2"), set("a_b", "1"));
    assertThat(mender.mended().get(Reason.CLASH)).containsExactly("a-b");
    assertThat(mender.mended().get(Reason.NAME)).containsExactly("a-b");
  }

  @Test
  void namesThatDifferInADotOnly_clash_asVersion1MakesThemOne() {
    assertThat(mend(new LabelMender(NAMES, Set.of()), set("a.b", "1", "a_b", "2")))
        .containsExactly(set("a.b", "1"));
  }

  @Test
  void longName_isCut() {
    List<List<Label>> got = mend(new LabelMender(NAMES, Set.of()), set("n".repeat(1500), "1"));

    assertThat(got).containsExactly(set("n".repeat(1024), "1"));
  }

  @Test
  void value_isCutAtTheEdgeOfACharacter() {
    Limits limits = new Limits(false, 2048, 0);
    for (String character : List.of("x", "ü", "€", "🦊")) {
      int width = character.getBytes(StandardCharsets.UTF_8).length;
      String fits = character.repeat(2048 / width);
      LabelMender mender = new LabelMender(limits, Set.of());

      List<List<Label>> got =
          mend(mender, set("sql", fits + character), set("sql", fits), set("sql", "y" + fits));

      String shorter = "y" + character.repeat(2047 / width);
      assertThat(got).containsExactly(set("sql", fits), set("sql", fits), set("sql", shorter));
      assertThat(mender.summary()).isEqualTo("labels shortened: sql");
    }
  }

  @Test
  void tooMany_losesThoseWithMostValuesFirst_andKeepsTheTargets() {
    LabelMender mender = new LabelMender(new Limits(false, 0, 4), Set.of("__name__", "app"));

    List<List<Label>> got =
        mend(
            mender,
            set("id", "1", "route", "/a", "verb", "GET", "app", "x"),
            set("id", "2", "route", "/b", "verb", "GET"),
            set("id", "3", "route", "/a", "verb", "GET"),
            set("id", "4", "verb", "GET"));

    assertThat(got)
        .containsExactly(
            set("route", "/a", "verb", "GET", "app", "x"),
            set("route", "/b", "verb", "GET"),
            set("route", "/a", "verb", "GET"),
            set("id", "4", "verb", "GET"));
    assertThat(mender.summary()).isEqualTo("labels left out, because there were too many: id");
  }

  @Test
  void nothingToMend_changesNothing() {
    LabelMender mender = new LabelMender(new Limits(true, 2048, 30), Set.of("__name__"));

    assertThat(mend(mender, set("a", "1"), set())).containsExactly(set("a", "1"), set());
    assertThat(mender.mended()).isEmpty();
    assertThat(mender.summary()).isEmpty();
  }

  @SafeVarargs
  private static List<List<Label>> mend(LabelMender mender, List<Label>... sets) {
    return new ArrayList<>(
        mender.edit(Arrays.stream(sets).map(labels -> new LabelSet(labels, 0)).toList()));
  }

  private static List<Label> set(String... pairs) {
    List<Label> labels = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      labels.add(new Label(pairs[i], pairs[i + 1]));
    }
    return labels;
  }
}
