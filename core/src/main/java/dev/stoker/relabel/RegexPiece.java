package dev.stoker.relabel;

/**
 * What a piece of a regex costs, and how quantifiers and groups change that.
 *
 * @param size instructions
 * @param steps instructions in a row that take no character
 * @param nesting levels that the compiler recurses
 * @param nullable it matches the empty text
 */
record RegexPiece(long size, long steps, long nesting, boolean nullable) {
  private static final long HUGE = 1L << 32;

  static final RegexPiece CHARACTER = new RegexPiece(1, 0, 1, false);

  /** An anchor, or a change of flags. */
  static final RegexPiece NOTHING = new RegexPiece(1, 1, 1, true);

  RegexPiece {
    size = Math.min(size, HUGE);
    steps = Math.min(Math.min(steps, size), HUGE);
    nesting = Math.min(nesting, HUGE);
  }

  /** Goes round: out of its end and in at its start. */
  RegexPiece loop(boolean maybe) {
    return new RegexPiece(size + 1, 2 * steps + 1, nesting + 1, nullable || maybe);
  }

  RegexPiece optional() {
    return new RegexPiece(size + 1, steps + 1, nesting + 1, true);
  }

  RegexPiece times(long least, long most) {
    long times = Math.max(1, Math.max(least, most));
    return new RegexPiece(
        size * times + Math.max(0, most - least),
        nullable ? HUGE : 2 * steps + 2,
        nesting + 1 + 2 * Math.max(0, most - least),
        nullable || least == 0);
  }

  RegexPiece group() {
    return new RegexPiece(size + 2, steps + 2, nesting + 1, nullable);
  }
}
