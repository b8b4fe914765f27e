package dev.stoker.relabel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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

  private static final int LONG_ALTERNATION = 48;

  private static final long HUGE = 1L << 32;

  static RegexShape of(String regex) {
    return new Reader(regex).read();
  }

  /** A piece of a regex. */
  private record Piece(long size, long steps, long nesting, boolean nullable) {
    static final Piece CHARACTER = new Piece(1, 0, 1, false);

    /** An anchor, or a change of flags. */
    static final Piece NOTHING = new Piece(1, 1, 1, true);

    Piece {
      size = Math.min(size, HUGE);
      steps = Math.min(Math.min(steps, size), HUGE);
      nesting = Math.min(nesting, HUGE);
    }

    /** Goes round: out of its end and in at its start. */
    Piece loop(boolean maybe) {
      return new Piece(size + 1, 2 * steps + 1, nesting + 1, nullable || maybe);
    }

    Piece optional() {
      return new Piece(size + 1, steps + 1, nesting + 1, true);
    }

    Piece times(long least, long most) {
      long times = Math.max(1, Math.max(least, most));
      return new Piece(
          size * times + Math.max(0, most - least),
          nullable ? HUGE : 2 * steps + 2,
          nesting + 1 + 2 * Math.max(0, most - least),
          nullable || least == 0);
    }

    Piece group() {
      return new Piece(size + 2, steps + 2, nesting + 1, nullable);
    }
  }

  /** A group that is open, or the whole. */
  private static final class Open {
    final List<String> branches = new ArrayList<>();

    /** Changes of flags at its start: they hold for all branches. */
    String head = "";

    /** Flags change later on: branches cannot be put into groups. */
    boolean flags;

    long size;
    long steps;
    long nesting;
    boolean nullable;

    // Of the branch that is being read.
    long row;
    long worst;
    boolean empty = true;
    Piece last = Piece.NOTHING;
    final StringBuilder text = new StringBuilder();

    void add(Piece piece) {
      flush();
      last = piece;
    }

    /** What quantifiers no longer change. */
    private void flush() {
      size += last.size();
      nesting = Math.max(nesting, last.nesting());
      row += last.steps();
      worst = Math.max(worst, row);
      if (!last.nullable()) {
        row = last.steps();
        empty = false;
      }
      last = new Piece(0, 0, 0, true);
    }

    void endBranch() {
      flush();
      steps = Math.max(steps, worst);
      nullable |= empty;
      branches.add(text.toString());
      text.setLength(0);
      row = 0;
      worst = 0;
      empty = true;
    }

    Piece piece() {
      long alternatives = branches.size() - 1L;
      long chain = isSplit() ? 2L * chunk() : alternatives;
      return new Piece(size + alternatives, steps + chain, nesting + 1, nullable);
    }

    boolean isSplit() {
      return branches.size() > LONG_ALTERNATION && !flags;
    }

    private int chunk() {
      return (int) Math.ceil(Math.sqrt(branches.size()));
    }

    String joined() {
      if (!isSplit()) {
        return head + String.join("|", branches);
      }
      List<String> chunks = new ArrayList<>();
      for (int from = 0; from < branches.size(); from += chunk()) {
        int to = Math.min(branches.size(), from + chunk());
        chunks.add("(?:" + String.join("|", branches.subList(from, to)) + "){1}");
      }
      return head + String.join("|", chunks);
    }
  }

  private static final class Reader {
    private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?\\}");
    private static final Pattern NAME = Pattern.compile("\\(\\?P?<[^>]{1,200}>");
    private static final Pattern FLAGS = Pattern.compile("\\(\\?[imsU-]{0,9}([:)])");

    private final String regex;
    private final Deque<Open> outer = new ArrayDeque<>();
    private Open open = new Open();
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
          case '*' -> quantify(open.last.loop(true), at + 1);
          case '+' -> quantify(open.last.loop(false), at + 1);
          case '?' -> quantify(open.last.optional(), at + 1);
          case '{' -> repetition();
          case '^', '$' -> take(Piece.NOTHING, at + 1);
          default -> take(Piece.CHARACTER, at + 1);
        }
      }
      long nesting = outer.size();
      unbalanced |= nesting > 0;
      while (!outer.isEmpty()) {
        end();
      }
      open.endBranch();
      Piece whole = open.piece();
      return new RegexShape(
          unbalanced ? regex : open.joined(),
          whole.size(),
          whole.steps() + 2,
          Math.max(whole.nesting(), nesting));
    }

    private void take(Piece piece, int end) {
      open.add(piece);
      copy(end);
    }

    private void quantify(Piece piece, int end) {
      open.last = piece;
      copy(end);
    }

    private void copy(int end) {
      int to = Math.min(end, regex.length());
      open.text.append(regex, at, to);
      at = to;
    }

    private void open() {
      Matcher flags = FLAGS.matcher(regex).region(at, regex.length());
      Matcher name = NAME.matcher(regex).region(at, regex.length());
      int end = at + 1;
      if (flags.lookingAt()) {
        end = flags.end();
        if (flags.group(1).equals(")")) {
          flags(end);
          return;
        }
      } else if (name.lookingAt()) {
        end = name.end();
      }
      copy(end);
      outer.push(open);
      open = new Open();
    }

    private void flags(int end) {
      if (open.branches.isEmpty() && open.text.length() == 0) {
        open.head += regex.substring(at, end);
        at = end;
      } else {
        open.flags = true;
        take(Piece.NOTHING, end);
      }
    }

    private void close() {
      if (outer.isEmpty()) {
        // "a)|(b" is valid between the parentheses that are put around it.
        unbalanced = true;
        take(Piece.NOTHING, at + 1);
        return;
      }
      end();
      copy(at + 1);
    }

    private void end() {
      open.endBranch();
      Piece group = open.piece().group();
      String text = open.joined();
      open = outer.pop();
      open.add(group);
      open.text.append(text);
    }

    private void repetition() {
      Matcher count = COUNT.matcher(regex).region(at, regex.length());
      if (!count.lookingAt()) {
        take(Piece.CHARACTER, at + 1);
        return;
      }
      long least = Long.parseLong(count.group(1));
      String most = count.group(2);
      Piece piece =
          most != null && most.isEmpty()
              ? open.last.times(least + 1, least + 1).loop(least == 0)
              : open.last.times(least, most == null ? least : Long.parseLong(most));
      quantify(piece, count.end());
    }

    private void escape() {
      if (regex.startsWith("\\Q", at)) {
        int end = regex.indexOf("\\E", at);
        int literal = end < 0 ? regex.length() : end;
        open.add(new Piece(literal - at, 0, 1, literal - at <= 2));
        copy(end < 0 ? literal : end + 2);
        return;
      }
      char escaped = at + 1 < regex.length() ? regex.charAt(at + 1) : ' ';
      boolean braces =
          at + 2 < regex.length() && "pPx".indexOf(escaped) >= 0 && regex.charAt(at + 2) == '{';
      int close = braces ? regex.indexOf('}', at) : -1;
      boolean anchor = "AbBz".indexOf(escaped) >= 0;
      // A class such as \pL is ranges, not one character.
      take(anchor ? Piece.NOTHING : Piece.CHARACTER, close >= 0 ? close + 1 : at + 2);
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
      take(Piece.CHARACTER, end + 1);
    }

    private int named(int from) {
      int end = regex.indexOf(":]", from);
      return end < 0 ? 1 : end + 2 - from;
    }
  }
}
