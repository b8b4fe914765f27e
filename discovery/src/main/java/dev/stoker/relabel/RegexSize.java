package dev.stoker.relabel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a program a regex compiles to, before it is compiled: RE2/J bounds one counted
 * repetition (1,000), but not repetitions of repetitions, and <code>((a{100}){100}){100}</code> is
 * a million instructions. An estimate from above; what is no valid regex gets some number too.
 */
final class RegexSize {
  /** Some MB once compiled. */
  static final long MAX = 20_000;

  private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?\\}");

  private final String regex;
  private final Deque<Long> outer = new ArrayDeque<>();
  private int at;
  private long sum;
  private long last;

  private RegexSize(String regex) {
    this.regex = regex;
  }

  static long of(String regex) {
    return new RegexSize(regex).count();
  }

  private long count() {
    while (at < regex.length() && sum <= MAX) {
      switch (regex.charAt(at)) {
        case '\\' -> escape();
        case '[' -> characterClass();
        case '(' -> {
          outer.push(sum);
          sum = 0;
          last = 0;
          at++;
        }
        case ')' -> {
          last = sum + 1;
          sum = last + (outer.isEmpty() ? 0 : outer.pop());
          at++;
        }
        case '{' -> repetition();
        default -> atom(at + 1);
      }
    }
    for (long open : outer) {
      sum += open;
    }
    return sum;
  }

  private void atom(int end) {
    last = 1;
    sum++;
    at = end;
  }

  private void repetition() {
    Matcher count = COUNT.matcher(regex).region(at, regex.length());
    if (!count.lookingAt()) {
      atom(at + 1);
      return;
    }
    long times = Long.parseLong(count.group(1));
    String most = count.group(2);
    if (most != null) {
      times = most.isEmpty() ? times + 1 : Math.max(times, Long.parseLong(most));
    }
    long extra = Math.min(last, MAX) * times;
    sum += extra;
    last += extra;
    at = count.end();
  }

  private void escape() {
    if (regex.startsWith("\\Q", at)) {
      int end = regex.indexOf("\\E", at);
      int literal = end < 0 ? regex.length() : end;
      sum += literal - at;
      last = 1;
      at = end < 0 ? literal : end + 2;
      return;
    }
    boolean braces =
        at + 2 < regex.length()
            && "pPx".indexOf(regex.charAt(at + 1)) >= 0
            && regex.charAt(at + 2) == '{';
    int close = braces ? regex.indexOf('}', at) : -1;
    // A class such as \pL is ranges, not one character.
    atom(close >= 0 ? close + 1 : at + 2);
  }

  private void characterClass() {
    int end = at + 1;
    if (end < regex.length() && regex.charAt(end) == '^') {
      end++;
    }
    if (end < regex.length() && regex.charAt(end) == ']') {
      end++;
    }
    while (end < regex.length() && regex.charAt(end) != ']') {
      end += regex.charAt(end) == '\\' ? 2 : regex.startsWith("[:", end) ? named(end) : 1;
    }
    atom(end + 1);
  }

  private int named(int from) {
    int end = regex.indexOf(":]", from);
    return end < 0 ? 1 : end + 2 - from;
  }
}
