package dev.stoker.relabel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a regex costs, before it is compiled. RE2/J bounds one counted repetition (1,000), but not
 * repetitions of repetitions, and <code>((a{100}){100}){100}</code> is a million instructions. Its
 * machine recurses once for each instruction that it passes without taking a character: one for
 * each alternative, optional part and edge of a group. Stoker's threads have stacks of 256 KB,
 * where some 640 such steps fit below a usual depth of calls. All are estimates from above; what is
 * no valid regex gets some numbers too.
 *
 * @param text the regex, where long alternations are split into groups of <code>(?:…){1}</code>: it
 *     matches the same, in the same order, with the same groups, but in far fewer steps
 * @param size instructions
 * @param steps instructions in a row that take no character, at the worst place
 * @param nesting levels that the compiler recurses
 */
record RegexShape(String text, long size, long steps, long nesting) {
  /** Some MB once compiled. */
  static final long MAX_SIZE = 20_000;

  static final long MAX_STEPS = 300;

  /** Go's own bound is 1,000, but it does not count optional repetitions. */
  static final long MAX_NESTING = 3_000;

  static RegexShape of(String regex) {
    return new Reader(regex).read();
  }

  private static final class Reader {
    private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?\\}");
    private static final Pattern NAME = Pattern.compile("\\(\\?P?<[^>]{1,200}>");
    private static final Pattern FLAGS = Pattern.compile("\\(\\?[imsU-]{0,9}([:)])");

    private final String regex;
    private final Deque<RegexGroup> outer = new ArrayDeque<>();
    private RegexGroup open = new RegexGroup();
    private int at;
    private boolean unbalanced;

    Reader(String regex) {
      this.regex = regex;
    }

    RegexShape read() {
      while (at < regex.length() && outer.size() <= MAX_NESTING) {
        switch (regex.charAt(at)) {
          case '\\' -> escape();
          case '[' -> characterClass();
          case '(' -> open();
          case ')' -> close();
          case '|' -> {
            open.endBranch();
            at++;
          }
          case '*' -> quantify(open.last().loop(true), at + 1);
          case '+' -> quantify(open.last().loop(false), at + 1);
          case '?' -> quantify(open.last().optional(), at + 1);
          case '{' -> repetition();
          case '^', '$' -> take(RegexPiece.NOTHING, at + 1);
          default -> take(RegexPiece.CHARACTER, at + 1);
        }
      }
      long nesting = outer.size();
      unbalanced |= nesting > 0;
      while (!outer.isEmpty()) {
        end();
      }
      open.endBranch();
      RegexPiece whole = open.piece();
      return new RegexShape(
          unbalanced ? regex : open.joined(),
          whole.size(),
          whole.steps() + 2,
          Math.max(whole.nesting(), nesting));
    }

    private void take(RegexPiece piece, int end) {
      open.add(piece, upTo(end));
    }

    private void quantify(RegexPiece piece, int end) {
      open.quantify(piece, upTo(end));
    }

    /** The text from here to there, where the reader goes on. */
    private String upTo(int end) {
      int to = Math.min(end, regex.length());
      String text = regex.substring(at, to);
      at = to;
      return text;
    }

    private void open() {
      Matcher flags = FLAGS.matcher(regex).region(at, regex.length());
      Matcher name = NAME.matcher(regex).region(at, regex.length());
      int end = at + 1;
      if (flags.lookingAt()) {
        end = flags.end();
        if (flags.group(1).equals(")")) {
          open.changeFlags(upTo(end));
          return;
        }
      } else if (name.lookingAt()) {
        end = name.end();
      }
      open.append(upTo(end));
      outer.push(open);
      open = new RegexGroup();
    }

    private void close() {
      if (outer.isEmpty()) {
        // "a)|(b" is valid between the parentheses that are put around it.
        unbalanced = true;
        take(RegexPiece.NOTHING, at + 1);
        return;
      }
      end();
      open.append(upTo(at + 1));
    }

    private void end() {
      open.endBranch();
      RegexPiece group = open.piece().group();
      String text = open.joined();
      open = outer.pop();
      open.add(group, text);
    }

    private void repetition() {
      Matcher count = COUNT.matcher(regex).region(at, regex.length());
      if (!count.lookingAt()) {
        take(RegexPiece.CHARACTER, at + 1);
        return;
      }
      long least = Long.parseLong(count.group(1));
      String most = count.group(2);
      RegexPiece piece =
          most != null && most.isEmpty()
              ? open.last().times(least + 1, least + 1).loop(least == 0)
              : open.last().times(least, most == null ? least : Long.parseLong(most));
      quantify(piece, count.end());
    }

    private void escape() {
      if (regex.startsWith("\\Q", at)) {
        int end = regex.indexOf("\\E", at);
        int literal = end < 0 ? regex.length() : end;
        take(new RegexPiece(literal - at, 0, 1, literal - at <= 2), end < 0 ? literal : end + 2);
        return;
      }
      char escaped = at + 1 < regex.length() ? regex.charAt(at + 1) : ' ';
      boolean braces =
          at + 2 < regex.length() && "pPx".indexOf(escaped) >= 0 && regex.charAt(at + 2) == '{';
      int close = braces ? regex.indexOf('}', at) : -1;
      boolean anchor = "AbBz".indexOf(escaped) >= 0;
      // A class such as \pL is ranges, not one character.
      take(anchor ? RegexPiece.NOTHING : RegexPiece.CHARACTER, close >= 0 ? close + 1 : at + 2);
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
      take(RegexPiece.CHARACTER, end + 1);
    }

    private int named(int from) {
      int end = regex.indexOf(":]", from);
      return end < 0 ? 1 : end + 2 - from;
    }
  }
}
