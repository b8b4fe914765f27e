package dev.stoker.config.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PendingNameTest {
  private final PendingName name = new PendingName();

  private void read(int line, int at, String text) {
    name.starts(line, at);
    name.append(text, 0, text.length());
  }

  @Test
  void aNameWithALabel_hasParts_andAPlace() {
    read(3, 20, "pyroscope.write \"a b\" ");
    assertThat(name.parts()).containsExactly("pyroscope", "write", "a b");
    assertThat(name.from()).isEqualTo(20);
    assertThat(name.end()).isEqualTo(41);
    assertThat(name.isAllOf(3)).isTrue();
    assertThat(name.isAllOf(4)).isFalse();
  }

  @Test
  void aNameThatWasLeftOnAnotherLine_isForgotten() {
    read(1, 0, "url");
    name.space(' ');
    read(2, 9, "name");
    assertThat(name.raw()).isEqualTo("name");
    assertThat(name.from()).isEqualTo(9);
  }

  @Test
  void whenTheEqualsSignIsMissing_theFirstWordIsTheName() {
    read(1, 4, "password");
    name.space(' ');
    read(1, 13, "hunter2");
    assertThat(name.firstWord()).containsExactly("password");
    assertThat(name.firstWordEnd()).isEqualTo(12);
    assertThat(name.end()).isEqualTo(20);
  }

  @Test
  void thePlusOfAnAssignmentThatAdds_isNoPartOfTheName() {
    name.space(' ');
    assertThat(name.isEmpty()).isTrue();
    read(1, 0, "targets +");
    assertThat(name.parts()).containsExactly("targets");
  }
}
