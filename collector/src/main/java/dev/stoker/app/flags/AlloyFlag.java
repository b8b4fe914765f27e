package dev.stoker.app.flags;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A flag of <code>alloy run</code>.
 *
 * @param name without the two dashes
 * @param isSwitch true = it may stand without a value, which then means true
 * @param same the value with which it asks for what Stoker does anyway: nothing is said then. Empty
 *     = there is none
 * @param why the option of Stoker that takes it; else why it has no effect, or no good one
 */
public record AlloyFlag(String name, boolean isSwitch, String same, Fate fate, String why) {
  /** What becomes of a flag. */
  public enum Fate {
    TAKEN,
    NOTED,
    WARNED,
    REFUSED
  }

  /** As Go reads the values of switches. */
  private static final Map<String, String> TRUTHS =
      Map.ofEntries(
          Map.entry("1", "true"),
          Map.entry("t", "true"),
          Map.entry("T", "true"),
          Map.entry("true", "true"),
          Map.entry("TRUE", "true"),
          Map.entry("True", "true"),
          Map.entry("0", "false"),
          Map.entry("f", "false"),
          Map.entry("F", "false"),
          Map.entry("false", "false"),
          Map.entry("FALSE", "false"),
          Map.entry("False", "false"));

  /** As it is written on a command line. */
  public String word() {
    return "--" + name;
  }

  /**
   * @return empty = it is no value for this flag
   */
  Optional<String> value(String text) {
    return isSwitch ? Optional.ofNullable(TRUTHS.get(text)) : Optional.of(text);
  }

  /** In the table of the docs. */
  public String fateInWords() {
    return switch (fate) {
      case WARNED -> "noted, as a warning";
      case REFUSED -> "refused, but for `" + same + "`";
      default -> fate.name().toLowerCase(Locale.ROOT);
    };
  }
}
