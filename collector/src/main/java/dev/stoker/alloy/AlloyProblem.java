package dev.stoker.alloy;

/**
 * What cannot be translated, or (as a note) what has been left out.
 *
 * @param line from 1; of several texts: see {@link Translation#place}
 * @param column from 1; 0 = somewhere in the line
 * @param path of the argument, such as <code>pyroscope.write.default.endpoint.url</code>; "" = none
 * @param message what is wrong, and what to write instead
 */
public record AlloyProblem(int line, int column, String path, String message) {
  public AlloyProblem(int line, String path, String message) {
    this(line, 0, path, message);
  }
}
