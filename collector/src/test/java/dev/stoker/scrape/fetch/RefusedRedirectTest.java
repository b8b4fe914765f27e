package dev.stoker.scrape.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusedRedirectTest {
  @Test
  void redirectThatIsNotFollowed_saysWhereItLeads_andWhichSettingRefusesIt() {
    assertThat(FetchErrors.redirectRefused(301, "/else"))
        .contains("301", "/else", "follow_redirects = false");
  }
}
