package dev.stoker.config;

import java.util.Comparator;

/**
 * Something wrong in a config.
 *
 * @param line 1 = first; 0 = the file as a whole
 * @param path of the setting, such as <code>pyroscope.scrape.default.scrape_interval</code>; ""
 *     when none is meant
 * @param message what is wrong; what to write instead
 */
public record Problem(String file, int line, String path, String message)
    implements Comparable<Problem> {
  private static final Comparator<Problem> ORDER =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::line)
          .thenComparing(Problem::path)
          .thenComparing(Problem::message);

  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }

  /** <code>file:line: path: message</code> */
  @Override
  public String toString() {
    return file
        + (line > 0 ? ":" + line : "")
        + ": "
        + (path.isEmpty() ? "" : path + ": ")
        + message;
  }
}
