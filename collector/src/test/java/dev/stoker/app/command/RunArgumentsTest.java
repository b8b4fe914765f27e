package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** A plain command line is read as the library reads it, and all others by the library. */
class RunArgumentsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/stoker/stoker.conf",
        "stoker.conf --listen 127.0.0.1:12345",
        "--listen [::1]:0 --storage /var/lib/stoker --strict ./conf.d/",
        "a.alloy --strict",
        "--storage data config-examples/quickstart.conf",
        "run",
        ".",
      })
  void plainOnes_areReadAsTheLibraryDoes(String line) {
    String[] words = line.split(" ");
    RunCommand parsed = new RunCommand();
    new CommandLine(parsed).parseArgs(words);
    assertThat(RunArguments.plain(words)).isEqualTo(parsed.arguments());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-",
        "-h",
        "--help",
        "--strict",
        "a b",
        "a --strict --strict",
        "a --listen",
        "a --listen --strict",
        "a --listen=127.0.0.1:1",
        "a --listen x --listen y",
        "a --storage",
        "a --storage b --storage c",
        "@file",
        "a --listen @file",
        "--stric a",
        "a --verbose",
        "\"a\"",
        "-- a",
        "a*",
        "a\u0000b",
      })
  void others_areTheLibrarys(String line) {
    assertThat(RunArguments.plain(line.split(" "))).isNull();
  }

  @Test
  void otherCommands_areTheLibrarys() {
    assertThat(RunArguments.plain(new String[0])).isNull();
    assertThat(RunArguments.plain(new String[] {""})).isNull();
    assertThat(RunCommand.plain()).isNull();
    assertThat(RunCommand.plain("validate", "a")).isNull();
    assertThat(RunCommand.plain("run")).isNull();
    assertThat(RunCommand.plain("run", "a")).isNotNull();
  }
}
