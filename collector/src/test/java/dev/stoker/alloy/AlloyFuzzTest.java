package dev.stoker.alloy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Damaged and made-up texts: an answer for each, bounded, and what is converted is HOCON. */
class AlloyFuzzTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261126L);
  private static final Path CONFIGS =
      Path.of(System.getProperty("stoker.root", ".."))
          .resolve("collector/src/test/resources/dev/stoker/alloy");

  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    "\n",
    "=",
    "\"",
    "`",
    "//",
    "/*",
    "*/",
    "\\",
    "\\u00",
    "1e9",
    "99999999999999999999",
    "-",
    "+",
    "!",
    "==",
    "&&",
    "%",
    "^",
    "null",
    "true",
    ".",
    "..",
    "\0",
    "é",
    "\uD83D",
    "pyroscope.scrape",
    "pyroscope.write",
    "discovery.relabel",
    "rule",
    "targets",
    "forward_to",
    "concat(",
    "sys.env(\"X\")",
    "string.format(\"%999999d\", 1)",
    "[0]",
    "[9]",
    "local.file.a.content",
    "\"${?x}\"",
    "array.concat([",
    "encoding.from_json(\"[[[[\")",
  };

  @Test
  void damagedConfigs_areAnsweredWithinBounds() throws IOException {
    Random random = new Random(SEED);
    List<String> good = new ArrayList<>();
    try (Stream<Path> files = Files.list(CONFIGS)) {
      for (Path file : files.sorted().toList()) {
        good.add(Files.readString(file));
      }
    }
    int converted = 0;
    for (int i = 0; i < CASES; i++) {
      String text = damaged(good.get(random.nextInt(good.size())), random);
      converted += check(text, "seed " + SEED + " case " + i);
    }
    assertThat(converted).as("some damage is harmless").isPositive();
  }

  @Test
  void madeUpTexts_areAnsweredWithinBounds() {
    Random random = new Random(SEED + 1);
    for (int i = 0; i < CASES; i++) {
      StringBuilder text = new StringBuilder();
      for (int pieces = random.nextInt(60); pieces > 0; pieces--) {
        text.append(PIECES[random.nextInt(PIECES.length)]).append(random.nextBoolean() ? " " : "");
      }
      check(text.toString(), "seed " + SEED + " made-up case " + i);
    }
  }

  @Test
  void deepAndLong_isRefused_notOverflown() {
    for (String piece : new String[] {"[", "(", "{a = ", "-", "!", "a {\n", "1 + ", "\"x\" + "}) {
      check("pyroscope.write \"w\" {\n x = " + piece.repeat(100_000), piece);
    }
    check("x".repeat(Translator.MAX_CHARS + 1), "too long");
    String doubled =
        "pyroscope.scrape \"s\" { job_name = string.join(["
            + "string.join([\"a\", \"a\"], \"" // each level repeats the one before
                .repeat(1)
            + "\")], \"\") }";
    check(doubled, "doubling");
  }

  /** 1 = it was converted. */
  private static int check(String text, String name) {
    Translation translation = Translator.translate(text, path -> "content of " + path);
    assertThat(translation.problems().size()).as(name).isLessThanOrEqualTo(500);
    assertThat(translation.problems())
        .as(name)
        .allMatch(problem -> problem.line() >= 1 && !problem.message().isBlank());
    if (!translation.problems().isEmpty()) {
      assertThat(translation.hocon()).as(name).isEmpty();
      return 0;
    }
    try {
      ConfigFactory.parseString(translation.hocon());
    } catch (com.typesafe.config.ConfigException bad) {
      throw new AssertionError(name + ": no HOCON:\n" + translation.hocon() + "\nof\n" + text, bad);
    }
    return 1;
  }

  private static String damaged(String good, Random random) {
    StringBuilder text = new StringBuilder(good);
    for (int damage = 1 + random.nextInt(3); damage > 0; damage--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(5)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 2 -> text.setCharAt(at, (char) random.nextInt(256));
        case 3 -> text.delete(at, Math.min(text.length(), at + random.nextInt(200)));
        default -> {
          int end = Math.min(text.length(), at + random.nextInt(300));
          text.insert(random.nextInt(text.length()), text.substring(at, end));
        }
      }
      if (text.length() == 0) {
        text.append(' ');
      }
    }
    return text.toString();
  }
}
