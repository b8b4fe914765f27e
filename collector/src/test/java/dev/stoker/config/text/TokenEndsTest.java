package dev.stoker.config.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenEndsTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'\"ab\" c', 4, true",
        "'\"a\\\"b\" c', 6, true",
        "'\"ab', 3, false",
        "'\"ab\\', 4, false",
        "'\"a\nb\"', 2, false"
      })
  void aString_endsWithItsQuotesOrItsLine(String text, int at, boolean closed) {
    assertThat(new TokenEnds(text).string(0, "\"")).isEqualTo(new TokenEnds.End(at, closed));
  }

  @Test
  void aRawString_hasSeveralLinesAndNoEscapes() {
    assertThat(new TokenEnds("`a\\\nb` c").string(0, "`")).isEqualTo(new TokenEnds.End(6, true));
    assertThat(new TokenEnds("\"\"\"a\"\nb\"\"\"").string(0, "\"\"\""))
        .isEqualTo(new TokenEnds.End(10, true));
  }

  @ParameterizedTest
  @CsvSource({"'${A_B} c', 6", "'${A', -1", "'${A{}', -1", "'${A$}', -1", "'$A', -1"})
  void aSubstitution_holdsAPathAndNothingElse(String text, int end) {
    assertThat(new TokenEnds(text).substitution(0, text.length())).isEqualTo(end);
  }

  @Test
  void aComment_endsWithTheText_atTheLatest() {
    assertThat(new TokenEnds("/* a\n */ b").blockComment(0)).isEqualTo(8);
    assertThat(new TokenEnds("/* a").blockComment(0)).isEqualTo(4);
  }
}
