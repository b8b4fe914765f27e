package dev.stoker.otlp.decode;

import java.util.EnumMap;
import java.util.Map;

/** Why an attribute of a sender did not become a label. */
public enum LeftOut {
  /** Its name begins with two underscores. */
  PRIVATE,
  /** Its value is neither a text nor an integer, nor a list of one of them. */
  VALUE,
  /** The same name is there twice. */
  DUPLICATE;

  /** Attributes of a request that did not become labels, by reason. */
  static final class Counts {
    private final Map<LeftOut, Integer> counts = new EnumMap<>(LeftOut.class);

    void count(LeftOut reason) {
      counts.merge(reason, 1, Integer::sum);
    }

    Map<LeftOut, Integer> counts() {
      return counts;
    }
  }
}
