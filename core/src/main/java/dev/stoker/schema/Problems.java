package dev.stoker.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong, up to a bound: nobody reads the thousandth problem. */
public final class Problems {
  private static final int MAX = 500;
  private static final Comparator<Problem> ORDER =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::line)
          .thenComparing(Problem::path)
          .thenComparing(Problem::message);

  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private final List<Problem> notes = new ArrayList<>();
  private int leftOut;

  public void error(Place place, String path, String message) {
    if (errors.size() < MAX) {
      errors.add(new Problem(place.file(), place.line(), place.column(), path, message));
    } else {
      leftOut++;
    }
  }

  public void warn(Place place, String path, String message) {
    if (warnings.size() < MAX) {
      warnings.add(new Problem(place.file(), place.line(), place.column(), path, message));
    }
  }

  public void note(Place place, String path, String message) {
    if (notes.size() < MAX) {
      notes.add(new Problem(place.file(), place.line(), place.column(), path, message));
    }
  }

  public boolean any() {
    return !errors.isEmpty();
  }

  /** Sorted by file and line, each once. */
  public List<Problem> errors() {
    List<Problem> sorted = new ArrayList<>(errors.stream().distinct().sorted(ORDER).toList());
    if (leftOut > 0) {
      String file = sorted.get(sorted.size() - 1).file();
      sorted.add(new Problem(file, 0, "", leftOut + " more problems; solve those above first"));
    }
    return List.copyOf(sorted);
  }

  /** Adds a note: the thing makes no difference, or is no business of Stoker's. */
  public List<Problem> notes() {
    return notes.stream().distinct().sorted(ORDER).toList();
  }

  public List<Problem> warnings() {
    return warnings.stream().distinct().sorted(ORDER).toList();
  }
}
