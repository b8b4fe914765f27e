package dev.stoker.receive;

import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The labels that a sender may set. Private ones belong to the pipeline: what a sender writes there
 * is left out and counted, except for the three that Pyroscope reads. What no Pyroscope would take
 * makes the whole request invalid.
 */
final class SenderLabels {
  /** Counts a label that was left out. */
  interface Counter {
    void count(LeftOutLabel reason);
  }

  private final LabelLimits limits;
  private final Counter counter;

  SenderLabels(LabelLimits limits, Counter counter) {
    this.limits = limits;
    this.counter = counter;
  }

  /**
   * @throws InvalidPush what is wrong with them
   */
  Labels of(Incoming profile) throws InvalidPush {
    Map<String, String> labels = new TreeMap<>();
    Set<String> names = new HashSet<>();
    int sent = 0;
    for (Incoming.Label label : profile.labels()) {
      if (!names.add(label.name())) {
        throw new InvalidPush("the label " + InvalidPush.shown(label.name()) + " is there twice");
      }
      if (label.value().isEmpty()) {
        continue;
      }
      if (!LabelNames.isPrivate(label.name())) {
        sent++;
        check(label);
        labels.put(label.name(), label.value());
      } else if (isKept(label)) {
        check(label);
        labels.put(label.name(), label.value());
      }
    }
    if (limits.number() > 0 && sent > limits.number()) {
      throw new InvalidPush(sent + " labels, more than limits.label_limit = " + limits.number());
    }
    if (labels.getOrDefault(LabelNames.NAME, "").isEmpty()) {
      throw new InvalidPush("a profile has no __name__, which says what it is a profile of");
    }
    return Labels.of(labels);
  }

  private boolean isKept(Incoming.Label label) {
    String name = label.name();
    if (name.equals(LabelNames.NAME) || name.equals(LabelNames.DELTA)) {
      return true;
    }
    boolean session = name.equals(LabelNames.SESSION);
    if (session && label.value().matches("[0-9a-fA-F]{16}")) {
      return true;
    }
    counter.count(session ? LeftOutLabel.SESSION : LeftOutLabel.PRIVATE);
    return false;
  }

  private void check(Incoming.Label label) throws InvalidPush {
    if (label.name().isEmpty()) {
      throw new InvalidPush("a label has no name");
    }
    if (limits.nameLength() > 0 && label.name().length() > limits.nameLength()) {
      throw new InvalidPush(
          "the name of label "
              + InvalidPush.shown(label.name())
              + " is longer than limits.label_name_length_limit = "
              + limits.nameLength());
    }
    if (limits.valueLength() > 0 && label.value().length() > limits.valueLength()) {
      throw new InvalidPush(
          "the value of label "
              + InvalidPush.shown(label.name())
              + " is longer than limits.label_value_length_limit = "
              + limits.valueLength());
    }
  }
}
