package dev.stoker.relabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnchoredRegexTest {
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261128);
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 5_000);

  /** The launcher's <code>-Xss256k</code>. */
  private static final long STACK = 256 << 10;

  /** Calls below a rule in the daemon. */
  private static final int CALLS = 150;

  private static String join(int count, IntFunction<String> word) {
    return IntStream.range(0, count).mapToObj(word).collect(Collectors.joining("|"));
  }

  /** What the daemon's threads say. */
  private static boolean matches(AnchoredRegex regex, String value) throws InterruptedException {
    boolean[] matched = new boolean[1];
    Throwable[] thrown = new Throwable[1];
    Thread thread =
        new Thread(null, () -> matched[0] = deep(CALLS, regex, value), "small stack", STACK);
    thread.setUncaughtExceptionHandler((ignored, failure) -> thrown[0] = failure);
    thread.start();
    thread.join();
    assertThat(thrown[0]).isNull();
    return matched[0];
  }

  private static boolean deep(int calls, AnchoredRegex regex, String value) {
    return calls > 0 ? deep(calls - 1, regex, value) : regex.matches(value);
  }

  @Test
  void aListOfWords_isATable() throws Exception {
    AnchoredRegex regex = AnchoredRegex.compile(join(5_000, i -> "word-" + i));

    assertThat(regex).isInstanceOf(LiteralWords.class);
    assertThat(matches(regex, "word-0")).isTrue();
    assertThat(matches(regex, "word-4999")).isTrue();
    assertThat(matches(regex, "word-5000")).isFalse();
    assertThat(matches(regex, "word-1 ")).isFalse();
    assertThat(matches(regex, "")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a|b", "^(a|b)$", "kube-(system|public)|default", "a\\.b|\\$x", "", "(?:a|)(b|)"})
  void aFiniteList_isATable(String regex) throws Exception {
    assertThat(AnchoredRegex.compile(regex)).isInstanceOf(LiteralWords.class);
  }

  @ParameterizedTest
  @CsvSource({"a$b, x", "(^a), a", "a|b*, bb", "a{2}, aa", "(?i)a|b, B", "\\Qa|b\\E, a|b"})
  void whatIsNoList_isLeftToTheMachine(String regex, String value) throws Exception {
    assertThat(AnchoredRegex.compile(regex)).isInstanceOf(RegexMachine.class);
    assertThat(AnchoredRegex.compile(regex).matches(value))
        .isEqualTo(Pattern.compile("^(?s:" + regex + ")$").matches(value));
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 1_000, 1_600})
  void alternativesWithWildcards_fitTheStack(int count) throws Exception {
    AnchoredRegex regex = AnchoredRegex.compile(join(count, i -> "w" + i + ".+"));

    assertThat(matches(regex, "w" + (count - 1) + "-x")).isTrue();
    assertThat(matches(regex, "v1-x")).isFalse();
  }

  @Test
  void caseInsensitiveAlternatives_fitTheStack() throws Exception {
    AnchoredRegex regex = AnchoredRegex.compile("(?i)" + join(1_600, i -> "w" + i));

    assertThat(matches(regex, "W1599")).isTrue();
    assertThat(matches(regex, "w1600")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a?", "(a)?", "a*", "(?:b|a*)", "(?:a|)"})
  void optionalPartsInARow_areRefusedOrFit(String part) throws Exception {
    for (int count : new int[] {1, 10, 50, 100, 140, 200, 500, 2_000}) {
      AnchoredRegex regex;
      try {
        regex = AnchoredRegex.compile(part.repeat(count) + "[x]");
      } catch (AnchoredRegex.Refused refused) {
        assertThat(refused.text()).contains("too many alternatives or optional parts");
        assertThat(count).isGreaterThan(50);
        continue;
      }
      assertThat(matches(regex, "a".repeat(count) + "x")).isTrue();
    }
  }

  @Test
  void aLongRepetition_fits() throws Exception {
    AnchoredRegex regex = AnchoredRegex.compile("[a-z]{0,1000}-[a-z]{1,253}");

    assertThat(matches(regex, "a".repeat(1000) + "-" + "b".repeat(253))).isTrue();
    assertThat(matches(regex, "a".repeat(1001) + "-b")).isFalse();
  }

  @Test
  void alternativesWithChangesOfFlags_areRefused() {
    assertThatThrownBy(() -> AnchoredRegex.compile(join(1_000, i -> "(?i)w" + i)))
        .isInstanceOf(AnchoredRegex.Refused.class)
        .hasMessageContaining("split it into several rules");
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1_000, 4_000, 8_000})
  void deepNesting_isRefusedOrFits(int levels) throws Exception {
    String nested = "(?:a".repeat(levels) + ")*".repeat(levels);
    AnchoredRegex regex;
    try {
      regex =
          AnchoredRegex.compile(nested.length() > 16_000 ? nested.substring(0, 16_000) : nested);
    } catch (AnchoredRegex.Refused refused) {
      assertThat(refused.text()).isNotEmpty();
      return;
    }
    assertThat(matches(regex, "a".repeat(levels))).isTrue();
  }

  @Test
  void anUnopenedParenthesis_isReadAsPrometheusDoes() throws Exception {
    AnchoredRegex regex = AnchoredRegex.compile("a)|(b");

    assertThat(regex.matches("b")).isTrue();
    assertThat(regex.groupCount()).isEqualTo(1);
  }

  /** Random texts: same verdict, same groups as RE2/J on the regex as it is written. */
  @Test
  void tablesAndBalancedMachines_agreeWithThePlainMachine() {
    SplittableRandom random = new SplittableRandom(SEED);
    int tables = 0;
    int valid = 0;
    for (int i = 0; i < CASES; i++) {
      String regex = random.nextInt(20) == 0 ? many(random) : alternatives(random, 0);
      String what = "seed " + SEED + " case " + i + ": " + regex;
      Pattern plain = plain(regex);
      AnchoredRegex made = made(regex);
      if (plain == null || made == null) {
        assertThat(plain == null).as(what).isEqualTo(made == null);
        continue;
      }
      valid++;
      tables += made instanceof LiteralWords ? 1 : 0;
      assertThat(made.groupCount()).as(what).isEqualTo(plain.groupCount());
      assertThat(made.namedGroups()).as(what).isEqualTo(plain.namedGroups());
      for (String value : values(random, regex)) {
        assertThat(groups(made, value)).as(what + " on " + value).isEqualTo(groups(plain, value));
      }
    }
    assertThat(tables).isGreaterThan(CASES / 10);
    assertThat(valid - tables).isGreaterThan(CASES / 10);
  }

  private static @Nullable Pattern plain(String regex) {
    try {
      return Pattern.compile("^(?s:" + regex + ")$");
    } catch (PatternSyntaxException bad) {
      return null;
    }
  }

  private static @Nullable AnchoredRegex made(String regex) {
    try {
      return AnchoredRegex.compile(regex);
    } catch (AnchoredRegex.Refused refused) {
      assertThat(refused.text()).contains("no RE2 expression");
      return null;
    }
  }

  private static List<@Nullable String> groups(AnchoredRegex regex, String value) {
    AnchoredRegex.Groups match = regex.match(value);
    assertThat(regex.matches(value)).isEqualTo(match != null);
    List<@Nullable String> groups = new ArrayList<>();
    for (int i = 0; match != null && i <= regex.groupCount(); i++) {
      groups.add(match.group(i));
    }
    return groups;
  }

  private static List<@Nullable String> groups(Pattern regex, String value) {
    Matcher match = regex.matcher(value);
    List<@Nullable String> groups = new ArrayList<>();
    if (match.matches()) {
      for (int i = 0; i <= match.groupCount(); i++) {
        groups.add(match.group(i));
      }
    }
    return groups;
  }

  private static String many(SplittableRandom random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "(?i)" : "");
    text.append(random.nextBoolean() ? "(" : "(?:");
    for (int i = 60 + random.nextInt(100); i > 0; i--) {
      text.append(sequence(random, 2)).append('|');
    }
    return text.append("a)").append(random.nextBoolean() ? "b?" : "").toString();
  }

  private static String alternatives(SplittableRandom random, int nesting) {
    StringBuilder text = new StringBuilder(sequence(random, nesting));
    while (random.nextInt(3) > 0) {
      text.append('|').append(sequence(random, nesting));
    }
    return text.toString();
  }

  private static String sequence(SplittableRandom random, int nesting) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      switch (random.nextInt(nesting > 2 ? 14 : 18)) {
        case 0 -> text.append("^");
        case 1 -> text.append("$");
        case 2 -> text.append(pick(random, ".", "[ab]", "a*", "b?", "a+?", "{", "}", "]", "b{2}"));
        case 3 -> text.append(pick(random, "\\.", "\\-", "\\_", "\\d", "\\Qa\\E", "\\z", "\\"));
        case 14, 15 -> text.append('(').append(alternatives(random, nesting + 1)).append(')');
        case 16 -> text.append("(?:").append(alternatives(random, nesting + 1)).append(')');
        case 17 ->
            text.append(pick(random, "(?P<n>", "(?i", "(?i:", "("))
                .append(alternatives(random, nesting + 1))
                .append(')');
        default -> text.append(pick(random, "a", "b", "ab", "ba", "é"));
      }
    }
    return text.toString();
  }

  private static Set<String> values(SplittableRandom random, String regex) {
    Set<String> values = new LinkedHashSet<>(List.of("", "a", "b", "ab", "ba", "A", "\n"));
    for (int i = 0; i < 10; i++) {
      StringBuilder value = new StringBuilder();
      for (int j = random.nextInt(6); j > 0; j--) {
        value.append(pick(random, "a", "b", "é", ".", "-"));
      }
      values.add(value.toString());
    }
    for (String word : regex.split("[()|?:^$]+", -1)) {
      values.add(word);
    }
    return values;
  }

  private static String pick(SplittableRandom random, String... options) {
    return options[random.nextInt(options.length)];
  }
}
