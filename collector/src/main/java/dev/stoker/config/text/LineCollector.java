package dev.stoker.config.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** Collects what stands in the line that is being read. One line is held at a time. */
final class LineCollector {
  private final String text;
  private final IntPredicate wanted;
  private final Consumer<SourceLine> lines;
  private int number = 1;
  private int start;

  /** The place where the line ends. A search at each sign would be slow in a text of one line. */
  private int end;

  private List<SourceLine.Token> tokens = new ArrayList<>();
  private boolean collected;
  private boolean inside;
  private boolean secret;
  private int openQuote = -1;

  /**
   * @param wanted by number of the line
   * @param lines takes those that are wanted, in order
   */
  LineCollector(String text, IntPredicate wanted, Consumer<SourceLine> lines) {
    this.text = text;
    this.wanted = wanted;
    this.lines = lines;
  }

  /** From 1. */
  int number() {
    return number;
  }

  /** The place in the text where the line ends. */
  int end() {
    return end;
  }

  /** The column of a place in the text, from 0. */
  int column(int at) {
    return at - start;
  }

  /**
   * Begins a line.
   *
   * @param within it begins within a string or a comment
   * @param hidden it begins within what may be a secret
   */
  void begin(int from, boolean within, boolean hidden) {
    start = from;
    inside = within;
    secret = hidden;
    tokens = new ArrayList<>();
    openQuote = -1;
    int found = text.indexOf('\n', from);
    end = found < 0 ? text.length() : found;
    collected = wanted.test(number) && end - from <= SourceScan.MAX_LINE;
  }

  /** Hands the line out. */
  void finish() {
    if (collected) {
      String own = text.substring(start, end);
      lines.accept(new SourceLine(number, own, tokens, inside, secret, openQuote));
    }
  }

  /** The next line has this number. */
  void count() {
    number++;
  }

  /** A string begins there and has no end. Only the first one of a line counts. */
  void unclosed(int at) {
    openQuote = openQuote < 0 ? at - start : openQuote;
  }

  /**
   * The name of an argument, if all of it stands in this line.
   *
   * @param glued its first word is the name and the others are a secret: the equals sign is missing
   */
  void name(PendingName name, String of, boolean hidden, boolean glued) {
    if (!name.isAllOf(number)) {
      return;
    }
    int word = name.firstWordEnd();
    boolean valued = glued && word < name.end();
    token(SourceLine.Kind.KEY, name.from(), valued ? word : name.end(), of, hidden);
    if (valued) {
      token(SourceLine.Kind.VALUE, word + 1, name.end(), of, true);
    }
  }

  void token(SourceLine.Kind kind, int from, int to, String of, boolean hidden) {
    if (collected && to > from && from >= start) {
      tokens.add(new SourceLine.Token(kind, from - start, to - start, of, hidden));
    }
  }
}
