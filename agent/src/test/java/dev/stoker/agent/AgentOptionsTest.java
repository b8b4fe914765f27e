package dev.stoker.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentOptionsTest {
  @TempDir Path folder;

  @Test
  void nothing_isLoopbackAndGosUsualPort() {
    AgentOptions options = AgentOptions.parse("");

    assertThat(options.host()).isEqualTo("127.0.0.1");
    assertThat(options.port()).isEqualTo(6060);
    assertThat(options.wantsToken()).isFalse();
  }

  @Test
  void everything_isTaken_andTheTokenIsNotPrinted() throws IOException {
    AgentOptions options = AgentOptions.parse("port=0, host=0.0.0.0,token=s=e=cret,");

    assertThat(options.host()).isEqualTo("0.0.0.0");
    assertThat(options.port()).isZero();
    assertThat(options.token()).isEqualTo("s=e=cret");
    assertThat(options).hasToString("0.0.0.0:0");
  }

  @Test
  void aTokenFile_isReadAgain_andMustNotBeEmpty() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), "one\n");
    AgentOptions options = AgentOptions.parse("token_file=" + file);
    assertThat(options.token()).isEqualTo("one");

    Files.writeString(file, "two");
    assertThat(options.token()).isEqualTo("two");

    Files.writeString(file, " \n");
    assertThatThrownBy(options::token).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prot=6060 | \"prot\" is unknown",
        "6060 | \"6060\" has no value; write NAME=VALUE",
        "port= | \"port\" has no value",
        "port=70000 | port=70000 is no port",
        "port=x | port=x is no port",
        "token=a,token_file=b | both set",
      })
  void nonsense_saysWhatToWrite(String text, String message) {
    assertThatThrownBy(() -> AgentOptions.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
