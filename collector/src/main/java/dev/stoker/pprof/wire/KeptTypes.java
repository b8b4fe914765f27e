package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;
import java.util.List;
import java.util.TreeSet;

/**
 * The sample types of a profile that are sent, by their names, such as <code>inuse_space</code>.
 *
 * @param names empty = all
 */
public record KeptTypes(List<String> names) {
  public static final KeptTypes ALL = new KeptTypes(List.of());

  public KeptTypes {
    names = List.copyOf(names);
  }

  public boolean isAll() {
    return names.isEmpty();
  }

  /**
   * The columns that stay.
   *
   * @param keep by column of the profile
   * @param count how many stay
   */
  public record Columns(boolean[] keep, int count) {}

  public Columns in(SampleTypes types) throws MalformedProfileException {
    boolean[] keep = new boolean[types.size()];
    int count = 0;
    TreeSet<String> missing = new TreeSet<>(names);
    TreeSet<String> present = new TreeSet<>();
    for (int i = 0; i < keep.length; i++) {
      String type = types.type(i);
      present.add(type);
      missing.remove(type);
      keep[i] = isAll() || names.contains(type);
      count += keep[i] ? 1 : 0;
    }
    if (!missing.isEmpty()) {
      throw new MalformedProfileException(
          "keep_sample_types names "
              + String.join(", ", missing)
              + ", but the profile has "
              + excerpt(String.join(", ", present))
              + "; write one of those");
    }
    return new Columns(keep, count);
  }

  private static String excerpt(String text) {
    return text.length() <= 300 ? text : text.substring(0, 300) + "…";
  }
}
