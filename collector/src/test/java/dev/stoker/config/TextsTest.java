package dev.stoker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.schema.Texts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextsTest {
  private static final List<String> KNOWN =
      List.of("targets", "forward_to", "scrape_interval", "scrape_timeout", "url", "name");

  @ParameterizedTest
  @CsvSource({
    "target,targets",
    "taregts,targets",
    "forward-to,forward_to",
    "Scrape_Interval,scrape_interval",
    "scrapeinterval,scrape_interval",
    "uri,url"
  })
  void slip_is_recognised(String word, String meant) {
    assertThat(Texts.nearest(word, KNOWN)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"colour", "x", "interval", "game_over", "time"})
  void far_off_word_gets_no_silly_suggestion(String word) {
    assertThat(Texts.nearest(word, KNOWN)).isEmpty();
  }

  @Test
  void counted_has_one_only_for_one() {
    assertThat(Texts.counted(0, "client")).isEqualTo("0 clients");
    assertThat(Texts.counted(1, "client")).isEqualTo("1 client");
    assertThat(Texts.counted(2, "client")).isEqualTo("2 clients");
  }

  @Test
  void endless_word_is_not_compared() {
    assertThat(Texts.nearest("t".repeat(1_000_000), KNOWN)).isEmpty();
  }

  @Test
  void excerpt_is_one_short_line_without_credentials() {
    assertThat(Texts.excerpt("http://user:pass@host/x")).isEqualTo("http://***@host/x");
    assertThat(Texts.excerpt("http://user:p@ss/word@host/x")).isEqualTo("http://***@host/x");
    assertThat(Texts.excerpt("a\nb\u0000c")).isEqualTo("a?b?c");
    assertThat(Texts.excerpt("x".repeat(1_000_000))).hasSize(81).endsWith("…");
  }
}
