package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each shell reads its script and completes with it, where the shell is installed. */
class CompletionTest {
  private static final long SECONDS = 30;

  @TempDir Path folder;

  @BeforeEach
  void configs() throws IOException {
    Files.createFile(folder.resolve("other.conf"));
    Files.createFile(folder.resolve("mine.alloy"));
  }

  private String run(String shell, String script, String... flags) throws Exception {
    assumeTrue(
        Stream.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
            .anyMatch(path -> Files.isExecutable(Path.of(path, shell))),
        shell + " is not installed: its completion is not tested here");
    CommandLineTest.Ended completion = CommandLineTest.run("completion", shell);
    assertThat(completion.code()).isZero();
    Files.writeString(folder.resolve("completion"), completion.out());
    Path file = Files.writeString(folder.resolve("script"), script);
    Path out = folder.resolve("out");
    List<String> command =
        Stream.of(Stream.of(shell), Stream.of(flags), Stream.of(file.toString()))
            .flatMap(words -> words)
            .toList();
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
      String text = new String(Files.readAllBytes(out), StandardCharsets.UTF_8);
      assertThat(ended).as("%s ends; it has printed: %s", shell, text).isTrue();
      return text;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void bash_completesCommandsOptionsAndWords() throws Exception {
    String answers =
        run(
            "bash",
            """
            source completion
            ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
              _complete_stoker 2>/dev/null # compopt works only while a person completes
              echo "$*: ${COMPREPLY[*]}"; }
            ask stoker va
            ask stoker run --str
            ask stoker completion fi
            """,
            "--norc");

    assertThat(answers.lines().map(String::strip))
        .containsExactly(
            "stoker va: validate", "stoker run --str: --strict", "stoker completion fi: fish");
  }

  /** zsh completes only for a terminal, which its own module gives it. */
  @Test
  void zsh_completesCommandsOptionsFilesAndWords() throws Exception {
    String answers =
        run(
            "zsh",
            """
            zmodload zsh/zpty
            TERM=dumb zpty inner zsh -f -i
            zpty -w inner 'PS1=; autoload -Uz compinit; compinit -u -D; source ./completion; print RE""ADY'
            zpty -r inner start '*READY*'
            ask() { zpty -w -n inner $'\\x15'"$1"$'\\t'; zpty -r inner answer "*$2*"; print "$1: $2" }
            ask 'stoker va' 'validate '
            ask 'stoker run --str' '--strict '
            ask 'stoker validate mi' 'mine.alloy '
            ask 'stoker completion fi' 'fish '
            zpty -d inner
            """,
            "-f");

    assertThat(answers.lines().map(String::strip))
        .containsExactly(
            "stoker va: validate",
            "stoker run --str: --strict",
            "stoker validate mi: mine.alloy",
            "stoker completion fi: fish");
  }

  @Test
  void fish_completesCommandsOptionsFilesAndWords() throws Exception {
    String answers =
        run(
            "fish",
            """
            source completion
            for line in 'stoker va' 'stoker run --str' 'stoker validate ' 'stoker completion ' 'stoker help va'
              echo "$line: "(complete -C $line | string replace -r '\\t.*' '' | string join ' ')
            end
            """,
            "--no-config");

    assertThat(answers.lines().map(String::strip))
        .containsExactly(
            "stoker va: validate",
            "stoker run --str: --strict",
            "stoker validate : completion mine.alloy other.conf out script",
            "stoker completion : bash fish zsh",
            "stoker help va: validate");
  }
}
