package dev.stoker.admin.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchTest {
  private static final Labels LABELS =
      Labels.of("service_name", "shop cart", "env", "prod", "pod", "cart-7f");
  private static final String URL = "http://10.0.0.7:6060/debug/pprof/profile?seconds=10";

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          ''                              | true
          prod                            | true
          PROD cart                       | true
          cart prod 6060                  | true
          cart stage                      | false
          env=prod                        | true
          env=PROD                        | true
          env=pro                         | false
          env=prod pod=cart-7f            | true
          env=prod pod=other              | false
          service_name="shop cart"        | true
          service_name="shop"             | false
          "shop cart"                     | true
          "cart shop"                     | false
          seconds=10                      | true
          http://10.0.0.7:6060/debug      | true
          """)
  void wordsAndNames_areAllFound(String text, boolean found) {
    assertThat(Search.of(text == null ? "" : text).isIn(List.of(LABELS), List.of(URL)))
        .isEqualTo(found);
  }
}
