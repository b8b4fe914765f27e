package dev.stoker.pprof.edit;

import java.util.Comparator;
import java.util.List;

/**
 * A text label of a sample. Labels with a number are none of these: Pyroscope has no use for them.
 */
public record Label(String name, String value) implements Comparable<Label> {
  /**
   * Orders lists of labels, for maps that are trees. A list is not comparable, so a hash map would
   * look at all of them when their hashes collide on purpose.
   */
  public static final Comparator<List<Label>> LISTS = Label::compare;

  private static int compare(List<Label> one, List<Label> other) {
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      int order = one.get(i).compareTo(other.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(one.size(), other.size());
  }

  @Override
  public int compareTo(Label other) {
    int byName = name.compareTo(other.name);
    return byName != 0 ? byName : value.compareTo(other.value);
  }
}
