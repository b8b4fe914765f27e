package dev.stoker.schema;

import java.util.Comparator;

/**
 * A place in a file.
 *
 * @param file as the user named it, or below the folder that the user named
 * @param line from 1; 0 = the file as a whole
 * @param column from 1; 0 = where the argument's value stands in the line; {@link #NAME}
 */
public record Place(String file, int line, int column) implements Comparable<Place> {
  /** Stands for the column of the argument's name. */
  public static final int NAME = -1;

  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::file).thenComparingInt(Place::line);

  public Place(String file, int line) {
    this(file, line, 0);
  }

  /** A column of the same line; 0 = somewhere in it. */
  public Place column(int at) {
    return new Place(file, line, at);
  }

  /** The name of what stands here, and not its value. */
  public Place ofName() {
    return column(NAME);
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  /** <code>file:line</code>, as editors and terminals link it. */
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
