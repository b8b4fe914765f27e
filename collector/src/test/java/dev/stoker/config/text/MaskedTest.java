package dev.stoker.config.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

/** What is hidden of a config that is shown, and what is not. */
class MaskedTest {
  private static String shown(String hocon) {
    return Masked.render(ConfigFactory.parseString(hocon).root());
  }

  @Test
  void aSecret_isHidden_whereverItStands() {
    assertThat(
            shown(
                "basic_auth { username = u, password = hunter22 }, vars.p = hunter22,"
                    + " url = \"http://h/?a=hunter22\", vars.pin = 4711, bearer_token = 4711"))
        .doesNotContain("hunter22")
        .doesNotContain("4711")
        .contains("username=u");
  }

  @Test
  void aTenant_isHiddenAsAHeader_butNotWhatHappensToBeNamedLikeIt() {
    assertThat(shown("headers { \"X-Scope-OrgID\" = shop }, targets = [ { service_name = shop } ]"))
        .contains("X-Scope-OrgID=\"***\"")
        .contains("\"service_name\"=shop");
  }

  @Test
  void numbersAndBooleans_areNotHidden_becauseASecretIsAsShort() {
    assertThat(shown("headers { a = \"1\", b = \"true\" }, shards = 1, enabled = true"))
        .contains("shards=1")
        .contains("enabled=true");
  }

  @Test
  void namesOfFilesAndKinds_areShown() {
    assertThat(
            shown(
                "bearer_token_file = /run/token, authorization { type = Bearer, credentials = c1 },"
                    + " oauth2 { token_url = \"http://t\", client_secret = s1 }"))
        .contains("/run/token", "type=Bearer", "http://t")
        .doesNotContain("c1")
        .doesNotContain("s1");
  }
}
