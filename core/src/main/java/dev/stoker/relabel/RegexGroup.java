package dev.stoker.relabel;

import java.util.ArrayList;
import java.util.List;

/**
 * A group of a regex that is being read, or the whole: its branches, and what they cost together.
 * Long alternations are split, see {@link RegexShape#text}.
 */
final class RegexGroup {
  private static final int LONG_ALTERNATION = 48;

  private final List<String> branches = new ArrayList<>();

  /** Changes of flags at its start: they hold for all branches. */
  private String head = "";

  /** Flags change later on: branches cannot be put into groups. */
  private boolean flags;

  private long size;
  private long steps;
  private long nesting;
  private boolean nullable;

  // Of the branch that is being read.
  private long row;
  private long worst;
  private boolean empty = true;
  private RegexPiece last = RegexPiece.NOTHING;
  private final StringBuilder text = new StringBuilder();

  /**
   * @param source how it is written
   */
  void add(RegexPiece piece, CharSequence source) {
    flush();
    last = piece;
    text.append(source);
  }

  /** What a quantifier would be of. */
  RegexPiece last() {
    return last;
  }

  /** A quantifier makes another piece of the last one. */
  void quantify(RegexPiece piece, CharSequence source) {
    last = piece;
    text.append(source);
  }

  /** More of what was added last, which costs nothing. */
  void append(CharSequence source) {
    text.append(source);
  }

  /** Flags change here for all that comes behind. */
  void changeFlags(String source) {
    if (branches.isEmpty() && text.length() == 0) {
      head += source;
    } else {
      flags = true;
      add(RegexPiece.NOTHING, source);
    }
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
    last = new RegexPiece(0, 0, 0, true);
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

  /** All its branches, which have ended. */
  RegexPiece piece() {
    long alternatives = branches.size() - 1L;
    long chain = isSplit() ? 2L * chunk() : alternatives;
    return new RegexPiece(size + alternatives, steps + chain, nesting + 1, nullable);
  }

  private boolean isSplit() {
    return branches.size() > LONG_ALTERNATION && !flags;
  }

  private int chunk() {
    return (int) Math.ceil(Math.sqrt(branches.size()));
  }

  /** All its branches as one text. */
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
