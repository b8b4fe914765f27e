package dev.stoker.alloy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Go's durations (<code>1m30s</code>) as HOCON's, which have one unit. */
final class Durations {
  private static final Pattern WHOLE =
      Pattern.compile("(?:[0-9]{1,9}(?:\\.[0-9]{1,9})?(?:ns|us|µs|ms|s|m|h)){1,10}");
  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "h",
          3_600_000_000_000L,
          "m",
          60_000_000_000L,
          "s",
          1_000_000_000L,
          "ms",
          1_000_000L,
          "us",
          1_000L,
          "µs",
          1_000L,
          "ns",
          1L);
  private static final List<String> LARGEST_FIRST = List.of("h", "m", "s", "ms", "us", "ns");

  /** Empty when it is none. */
  static Optional<String> hocon(String go) {
    if (go.matches("[0-9]{1,9}(ms|s|m|h)")) {
      return Optional.of(go);
    }
    if (!WHOLE.matcher(go).matches()) {
      return Optional.empty();
    }
    double nanos = 0;
    for (MatchResult part : PART.matcher(go).results().toList()) {
      nanos += Double.parseDouble(part.group(1)) * NANOS.getOrDefault(part.group(2), 1L);
    }
    for (String unit : LARGEST_FIRST) {
      double count = nanos / NANOS.getOrDefault(unit, 1L);
      if (count == Math.rint(count)) {
        return Optional.of((long) count + unit);
      }
    }
    return Optional.empty();
  }

  private Durations() {}
}
