package dev.stoker.config;

/**
 * Something wrong with a config, or (as a warning) something without effect.
 *
 * @param line from 1; 0 = the file as a whole
 * @param column from 1; 0 = somewhere in the line
 * @param path of the argument, such as <code>pyroscope.write.endpoint.endpoint.url</code>; "" =
 *     none
 * @param message what is wrong, and what to write instead; never holds the value of a secret
 */
public record Problem(String file, int line, int column, String path, String message) {
  public Problem(String file, int line, String path, String message) {
    this(file, line, 0, path, message);
  }

  /** <code>file:line: path: message</code>. */
  @Override
  public String toString() {
    String where = new Place(file, line) + ": ";
    return where + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
