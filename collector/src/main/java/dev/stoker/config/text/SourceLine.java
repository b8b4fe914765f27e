package dev.stoker.config.text;

import java.util.List;

/**
 * A line of a config, and what stands where in it.
 *
 * @param number from 1
 * @param inside it begins within a string or a comment
 * @param secret it begins within the block of a secret, or in the value of one
 * @param unclosed column of the quote of a string that is not closed, from 0; -1 = none
 */
record SourceLine(
    int number, String text, List<Token> tokens, boolean inside, boolean secret, int unclosed) {
  enum Kind {
    /** The name of an argument or a block. */
    KEY,
    /** A string, a run of other characters, or the brace or bracket that a value opens with. */
    VALUE,
    COMMENT
  }

  /**
   * Something in a line.
   *
   * @param from column, from 0
   * @param to the column behind it
   * @param path of the argument that it belongs to, without quotes
   * @param hidden it may be a secret
   */
  record Token(Kind kind, int from, int to, String path, boolean hidden) {}

  SourceLine {
    tokens = List.copyOf(tokens);
  }
}
