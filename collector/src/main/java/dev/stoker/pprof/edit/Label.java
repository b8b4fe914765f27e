package dev.stoker.pprof.edit;

/**
 * A text label of a sample. Labels with a number are none of these: Pyroscope has no use for them.
 */
public record Label(String name, String value) implements Comparable<Label> {
  @Override
  public int compareTo(Label other) {
    int byName = name.compareTo(other.name);
    return byName != 0 ? byName : value.compareTo(other.value);
  }
}
