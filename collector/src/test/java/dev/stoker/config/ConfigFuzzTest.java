package dev.stoker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a text holds, loading it returns a result. */
class ConfigFuzzTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          "\"\"\"",
          "=",
          ":",
          ",",
          ".",
          "#",
          "//",
          "${",
          "${?",
          "}",
          "+=",
          "\n",
          "\\",
          "\\u00",
          " ",
          "\0",
          "\uD800",
          "null",
          "true",
          "-1",
          "1e999",
          "0x",
          "15s",
          "999999999999999999999",
          "include ",
          "include \"a.conf\"\n",
          "é",
          "pyroscope.",
          "()",
          "`");

  @TempDir private Path folder;

  @Test
  void mutated_examples_always_give_a_result() throws IOException {
    long seed = Long.getLong("stoker.fuzz.seed", System.nanoTime());
    System.out.println("ConfigFuzzTest: -Dstoker.fuzz.seed=" + seed + " cases " + CASES);
    Random random = new Random(seed);
    List<String> texts = texts();
    Path file = folder.resolve("a.conf");
    for (int i = 0; i < CASES; i++) {
      String text = mutated(texts, random);
      Files.write(file, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      LoadResult result = ConfigLoader.load(file, Map.of());

      assertThat(result)
          .as("seed %d case %d: %s", seed, i, text)
          .satisfiesAnyOf(
              loaded -> assertThat(loaded).isInstanceOf(LoadResult.Loaded.class),
              failed -> assertThat(Fixtures.problems(failed)).isNotEmpty());
    }
  }

  private static List<String> texts() {
    List<String> texts = new ArrayList<>();
    Fixtures.entries(Fixtures.ROOT.resolve("config-examples"), ".conf")
        .forEach(file -> texts.add(Fixtures.text(file)));
    Fixtures.entries(Fixtures.good(""), ".conf").forEach(file -> texts.add(Fixtures.text(file)));
    return texts;
  }

  private static String mutated(List<String> texts, Random random) {
    StringBuilder text = new StringBuilder(texts.get(random.nextInt(texts.size())));
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> text.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
        default -> {
          String other = texts.get(random.nextInt(texts.size()));
          int from = random.nextInt(other.length());
          text.insert(at, other, from, Math.min(other.length(), from + random.nextInt(80)));
        }
      }
    }
    return text.toString();
  }
}
