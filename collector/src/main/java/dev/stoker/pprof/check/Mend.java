package dev.stoker.pprof.check;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** A correction that the deep look at a body has made, because there is one right answer. */
public enum Mend {
  MAPPING("mappings that do not exist left out"),
  TEXT("strings that are no UTF-8 corrected"),
  /** A missing one makes some servers panic. */
  PERIOD_TYPE("an empty period type added");

  private final String text;

  Mend(String text) {
    this.text = text;
  }

  /** The value of the metric's label. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Describes the corrections for users; "" = none. */
  public static String text(Collection<Mend> mends) {
    return mends.stream().map(mend -> mend.text).collect(Collectors.joining(", "));
  }
}
