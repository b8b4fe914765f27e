package dev.stoker.alloy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.stoker.alloy.eval.Texts;
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
    try (Stream<Path> files = Files.walk(CONFIGS)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
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
  }

  @Test
  void aLongChainOfFiles_isRefused_withItsLine() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      text.append("local.file \"f" + i + "\" { filename = local.file.f" + (i + 1) + ".content }\n");
    }
    text.append("local.file \"f5000\" { filename = \"end\" }\n");
    assertThat(problem(text + job("local.file.f0.content"), path -> path))
        .isEqualTo(
            new AlloyProblem(
                8,
                0,
                "pyroscope.scrape.s.job_name",
                "local.file \"f8\" is at the end of a chain of more than 8 files that name each"
                    + " other; write its name where it is needed"));
  }

  @Test
  void aFileThatManyNamesNeed_isWorkedOutOnce() {
    int[] reads = new int[1];
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 7; i++) {
      String next = "local.file.f" + (i + 1) + ".content";
      String twice = String.join(" + ", java.util.Collections.nCopies(50, next));
      text.append("local.file \"f" + i + "\" { filename = " + twice + " }\n");
    }
    text.append("local.file \"f7\" { filename = \"end\" }\n");
    Translation translation =
        translate(
            text + job("local.file.f0.content"),
            path -> {
              reads[0]++;
              return "x";
            });
    assertThat(translation.problems()).isEmpty();
    assertThat(reads[0]).isLessThanOrEqualTo(8);
  }

  @Test
  void manyLargeTexts_areRefused_notKept() {
    String large = "x".repeat(Texts.MAX_LENGTH - 1);
    for (String use :
        List.of(
            "local.file.f.content + \"y\"",
            "local.file.f.content",
            "string.format(\"%s\", local.file.f.content)",
            "string.split(local.file.f.content, \"x\")",
            "encoding.from_json(\"[\" + local.file.f.content + \"]\")")) {
      String list = "[" + (use + ", ").repeat(5_000) + "]";
      String text =
          "local.file \"f\" { filename = \"f\" }\n" + job("string.join(" + list + ", \"\")");
      String content = use.contains("json") ? "1,".repeat(100_000) + "1" : large;
      assertThat(problem(text, path -> content).message())
          .as(use)
          .isEqualTo("the values of this file grow over 16 Mi characters; join and repeat less");
    }
    String text = "local.file \"f\" { filename = \"f\" }\n" + job("local.file.f.content");
    assertThat(problem(text, path -> large + "xx"))
        .isEqualTo(
            new AlloyProblem(
                2,
                0,
                "pyroscope.scrape.s.job_name",
                "makes a text of more than 262144 characters"));
  }

  private static String job(String name) {
    return "pyroscope.scrape \"s\" { job_name = " + name + "\n}\n";
  }

  /** As a config is translated to be run. */
  private static Translation translate(String text, Translator.Files files) {
    return Translator.translate(
        List.of(new AlloyText("", text)), files, new Translator.Options(false, true, false));
  }

  private static AlloyProblem problem(String text, Translator.Files files) {
    Translation translation = translate(text, files);
    assertThat(translation.problems()).hasSize(1);
    return translation.problems().get(0);
  }

  /** 1 = it was converted. */
  private static int check(String text, String name) {
    Translation translation = translate(text, path -> "content of " + path);
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
