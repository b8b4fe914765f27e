package dev.stoker.relabel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RegexGroupTest {
  private static RegexGroup branches(int count) {
    RegexGroup group = new RegexGroup();
    for (int i = 0; i < count; i++) {
      group.add(RegexPiece.CHARACTER, "a");
      group.endBranch();
    }
    return group;
  }

  @Test
  void aLongAlternation_isSplitIntoGroupsThatTakeFewerSteps() {
    RegexGroup few = branches(48);
    RegexGroup many = branches(100);

    assertThat(few.joined()).doesNotContain("(?:");
    assertThat(few.piece().steps()).isEqualTo(48);
    assertThat(many.joined()).startsWith("(?:a|a|a|a|a|a|a|a|a|a){1}|(?:");
    assertThat(many.piece().steps()).isEqualTo(21);
    assertThat(many.piece().size()).isEqualTo(200);
  }

  @Test
  void flagsAtTheStart_holdForAllGroups_andLaterOnesForbidThem() {
    RegexGroup early = new RegexGroup();
    early.changeFlags("(?i)");
    RegexGroup late = branches(50);
    late.changeFlags("(?i)");
    for (int i = 0; i < 60; i++) {
      early.add(RegexPiece.CHARACTER, "b");
      early.endBranch();
    }
    late.endBranch();

    assertThat(early.joined()).startsWith("(?i)(?:b|");
    assertThat(late.joined()).endsWith("|a|(?i)").doesNotContain("(?:");
  }

  @Test
  void aBranchThatMayBeEmpty_makesItNullable() {
    RegexGroup group = new RegexGroup();
    group.add(RegexPiece.CHARACTER, "a");
    group.endBranch();
    assertThat(group.piece().nullable()).isFalse();

    group.add(RegexPiece.CHARACTER, "b");
    group.quantify(group.last().optional(), "?");
    group.endBranch();
    assertThat(group.piece().nullable()).isTrue();
    assertThat(group.joined()).isEqualTo("a|b?");
  }
}
