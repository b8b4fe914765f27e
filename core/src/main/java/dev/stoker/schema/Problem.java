package dev.stoker.schema;

/**
 * Something wrong with a config, or (as a warning) something without effect.
 *
 * @param line from 1; 0 = the file as a whole
 * @param column from 1; 0 = somewhere in the line
 * @param path of the argument, such as <code>pyroscope.write.endpoint.endpoint.url</code>; "" =
 *     none
 * @param message what is wrong, and what to write instead; never holds the value of a secret
 * @param excerpt the line with a caret under the place, without secrets; "" = none
 */
public record Problem(
    String file, int line, int column, String path, String message, String excerpt) {
  public Problem(String file, int line, String path, String message) {
    this(file, line, 0, path, message);
  }

  public Problem(String file, int line, int column, String path, String message) {
    this(file, line, column, path, message, "");
  }

  /** The same, with its place in the line. */
  public Problem at(int found, String shown) {
    return new Problem(file, line, found, path, message, shown);
  }

  /** The problem with its line and a caret below, for people at a terminal. */
  public String shown() {
    return excerpt.isEmpty() ? toString() : this + "\n" + excerpt;
  }

  /** <code>file:line:column: path: message</code>, in one line. */
  @Override
  public String toString() {
    String where = new Place(file, line) + (line > 0 && column > 0 ? ":" + column : "") + ": ";
    return where + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
