package dev.stoker.alloy;

import dev.stoker.alloy.syntax.AlloyError;

/**
 * A statement that cannot be translated, or (as a note) one that has been left out.
 *
 * @param line from 1; of several texts: see {@link Translation#place}
 * @param column from 1; 0 = where the argument's value stands in the line; {@link #NAME}
 * @param path of the argument, such as <code>pyroscope.write.default.endpoint.url</code>; "" = none
 * @param message what is wrong, and what to write instead
 */
public record AlloyProblem(int line, int column, String path, String message) {
  /** Stands for the column of the name of the argument or block. */
  public static final int NAME = AlloyError.NAME;

  /** A problem at the name. */
  public AlloyProblem(int line, String path, String message) {
    this(line, NAME, path, message);
  }
}
