package dev.stoker.scrape.target;

import dev.stoker.discovery.DroppedTarget.Reason;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The labels that a target may have: names that Pyroscope takes on every version (v1 accepts <code>
 * [a-zA-Z_][a-zA-Z0-9_.]*</code> only), well-formed Unicode, and the component's limits. Private
 * labels are exempt from names and limits: they are never sent.
 */
final class LabelRules {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.]*");

  static void check(Labels labels, ScrapeLimits limits) throws InvalidTarget {
    int sent = 0;
    for (Map.Entry<String, String> label : labels.toMap().entrySet()) {
      String name = label.getKey();
      wellFormed(name, label.getValue());
      if (!LabelNames.isPrivate(name)) {
        sent++;
        checkSent(name, label.getValue(), limits);
      }
    }
    if (limits.labelLimit() > 0 && sent > limits.labelLimit()) {
      throw new InvalidTarget(
          Reason.LIMIT, sent + " labels, more than label_limit = " + limits.labelLimit());
    }
  }

  private static void checkSent(String name, String value, ScrapeLimits limits)
      throws InvalidTarget {
    if (!NAME.matcher(name).matches()) {
      throw new InvalidTarget(
          Reason.INVALID,
          "label name \"" + name + "\" is invalid; use letters, digits, _ and . only");
    }
    if (limits.labelNameLengthLimit() > 0 && name.length() > limits.labelNameLengthLimit()) {
      throw new InvalidTarget(
          Reason.LIMIT,
          "label name \""
              + name
              + "\" is longer than label_name_length_limit = "
              + limits.labelNameLengthLimit());
    }
    if (limits.labelValueLengthLimit() > 0 && value.length() > limits.labelValueLengthLimit()) {
      throw new InvalidTarget(
          Reason.LIMIT,
          "the value of label "
              + name
              + " is longer than label_value_length_limit = "
              + limits.labelValueLengthLimit());
    }
  }

  private static void wellFormed(String name, String value) throws InvalidTarget {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < value.length()
              && Character.isLowSurrogate(value.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new InvalidTarget(
            Reason.INVALID, "the value of label " + name + " is not valid Unicode");
      }
    }
  }

  private LabelRules() {}
}
