package dev.stoker.config.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a config with a caret under one of its places. What may be a secret is shown as <code>
 * ***</code>, and a comment by its sign only: it may hold the password of yesterday.
 */
final class Excerpt {
  private static final int WIDTH = 110;

  /** The columns of a long line that are shown left of the caret. */
  private static final int LEFT = 70;

  private static final int TAB = 4;
  private static final String CUT = "…";

  /** Whatever stands before an at sign, up to a space or a quote: a malformed URL has no scheme. */
  private static final Pattern LOGIN = Pattern.compile("[^\\s\"`=]+(?=@)|//[^\"`]+(?=@)");

  /** Values that are no secret, whatever the name of their argument is. */
  private static final Pattern SAYS_LITTLE =
      Pattern.compile(
          "[{\\[]|true|false|[0-9]{1,3}|\\$\\{[^}]*}|(pyroscope|discovery|stoker)(\\.\\w+){2,3}");

  /**
   * A cell is what the terminal shows of a character.
   *
   * @param width columns of a terminal
   */
  private record Cell(String text, int width) {}

  private final List<Cell> cells = new ArrayList<>();
  private int caret = -1;

  private Excerpt() {}

  /**
   * @param at column of the caret, from 0
   * @param certain the text could be parsed, so that each secret in it is known as such
   * @param unknown paths of arguments that mean nothing: each may be a slip of a secret's name
   * @return two lines; "" when nothing of the line can be shown
   */
  static String of(SourceLine line, int at, boolean certain, Predicate<String> unknown) {
    String text = line.text().stripTrailing();
    if (line.inside() || text.contains(Masked.PRIVATE_KEY) || !certain && line.secret()) {
      return "";
    }
    boolean[] hidden = new boolean[text.length()];
    for (SourceLine.Token token : line.tokens()) {
      if (token.kind() == SourceLine.Kind.VALUE) {
        hideLogin(text, token, hidden);
        if (unknown.test(token.path()) && !SAYS_LITTLE.matcher(of(text, token)).matches()) {
          hide(hidden, token.from(), token.to());
        }
      }
      if (token.hidden() && token.kind() != SourceLine.Kind.COMMENT) {
        hide(hidden, token.from(), token.to());
      } else if (token.hidden()) {
        boolean known = text.startsWith("/", token.from());
        hide(hidden, token.from() + (known ? 2 : 1), token.to());
      }
    }
    hide(hidden, LOGIN.matcher(text), 0);
    Matcher parameter = Masked.PARAMETER.matcher(text);
    while (parameter.find()) {
      hide(hidden, parameter.end(1), parameter.end());
    }
    Matcher word = Masked.TELLING_WORD.matcher(text);
    if (!certain && word.find()) {
      hide(hidden, Math.min(word.end() + 1, text.length()), text.length());
    }
    Excerpt excerpt = new Excerpt();
    excerpt.fill(text, hidden, at);
    return excerpt.drawn(String.valueOf(line.number()));
  }

  private static String of(String text, SourceLine.Token token) {
    return text.substring(
        Math.min(token.from(), text.length()), Math.min(token.to(), text.length()));
  }

  /** Up to the last at sign: what stands before it may hold any character. */
  private static void hideLogin(String text, SourceLine.Token token, boolean[] hidden) {
    String value = of(text, token);
    int sign = value.lastIndexOf('@');
    if (sign > 0) {
      int scheme = value.indexOf("//");
      int from = scheme >= 0 && scheme < sign ? scheme + 2 : value.charAt(0) == '"' ? 1 : 0;
      hide(hidden, token.from() + from, token.from() + sign);
    }
  }

  private static void hide(boolean[] hidden, Matcher matcher, int group) {
    while (matcher.find()) {
      hide(hidden, matcher.start(group), matcher.end(group));
    }
  }

  private static void hide(boolean[] hidden, int from, int to) {
    int end = Math.min(to, hidden.length);
    if (from < end) {
      Arrays.fill(hidden, from, end, true);
    }
  }

  private void fill(String text, boolean[] hidden, int at) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (i >= at && caret < 0) {
        caret = cells.size();
      }
      if (!hidden[i]) {
        cells.add(cell(text.codePointAt(i)));
      } else if (i == 0 || !hidden[i - 1]) {
        boolean comment = i > 0 && text.charAt(i - 1) == '#' || text.startsWith("//", i - 2);
        cells.add(comment ? new Cell(" " + CUT, 2) : new Cell(Masked.MASK, Masked.MASK.length()));
      } else if (caret == cells.size()) {
        caret--; // it points into what is hidden
      }
    }
    if (caret < 0) {
      caret = cells.size();
    }
  }

  private static Cell cell(int point) {
    if (point == '\t') {
      return new Cell(" ".repeat(TAB), TAB);
    }
    int type = Character.getType(point);
    if (type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.SURROGATE
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR) {
      return new Cell("?", 1);
    }
    boolean marks = type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
    return new Cell(Character.toString(point), marks ? 0 : isWide(point) ? 2 : 1);
  }

  /** East Asian characters and emoji take two columns of a terminal. */
  private static boolean isWide(int point) {
    return point >= 0x1100 && point <= 0x115F
        || point >= 0x2E80 && point <= 0xA4CF
        || point >= 0xAC00 && point <= 0xD7A3
        || point >= 0xF900 && point <= 0xFAFF
        || point >= 0xFE30 && point <= 0xFE6F
        || point >= 0xFF00 && point <= 0xFF60
        || point >= 0x1F300 && point <= 0x1FAFF
        || point >= 0x20000 && point <= 0x3FFFD;
  }

  private String drawn(String number) {
    int from = caret;
    for (int left = 0; from > 0 && left + cells.get(from - 1).width() <= LEFT; ) {
      left += cells.get(--from).width();
    }
    int all = cells.stream().mapToInt(Cell::width).sum();
    from = all <= WIDTH ? 0 : from;
    int to = from;
    for (int width = 0; to < cells.size() && width + cells.get(to).width() <= WIDTH; to++) {
      width += cells.get(to).width();
    }
    String before = from > 0 ? CUT : "";
    StringBuilder shown = new StringBuilder(before);
    int indent = before.length();
    for (int i = from; i < to; i++) {
      shown.append(cells.get(i).text());
      indent += i < caret ? cells.get(i).width() : 0;
    }
    shown.append(to < cells.size() ? CUT : "");
    String gutter = " ".repeat(number.length() + 2) + " | ";
    return "  " + number + " | " + shown + "\n" + gutter + " ".repeat(indent) + "^";
  }
}
