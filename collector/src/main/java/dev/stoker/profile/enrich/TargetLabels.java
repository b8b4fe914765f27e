package dev.stoker.profile.enrich;

import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Holds the labels that profiles get, by the value that they are matched by. Several targets may
 * have the same value, such as the ports of one pod: a label on which they disagree is given to
 * nobody, as any of its values could be the wrong one. Immutable.
 */
final class TargetLabels {
  static final TargetLabels NONE = new TargetLabels(Map.of(), 0, Set.of());

  /** As in <code>containerd://3b1c…</code>; most others write an id without its runtime. */
  private static final Pattern RUNTIME = Pattern.compile("^[a-z0-9.+-]+://");

  private final Map<String, Labels> byValue;
  private final int unlabelled;
  private final Set<String> disagreed;

  private TargetLabels(Map<String, Labels> byValue, int unlabelled, Set<String> disagreed) {
    this.byValue = byValue;
    this.unlabelled = unlabelled;
    this.disagreed = disagreed;
  }

  /**
   * Works out what to give.
   *
   * @param label name of the targets' label by which they are found
   * @param copy names of the labels to give; empty = all but those that only scraping needs
   */
  static TargetLabels of(Collection<Labels> targets, String label, List<String> copy) {
    Set<String> wanted = Set.copyOf(copy);
    Map<String, Labels> byValue = new HashMap<>();
    Set<String> disagreed = new TreeSet<>();
    Map<String, Set<String>> takenBack = new HashMap<>();
    int unlabelled = 0;
    for (Labels target : targets) {
      String value = bare(target.get(label));
      if (value.isEmpty()) {
        unlabelled++;
        continue;
      }
      Labels given = target.filter(name -> isGiven(name, wanted));
      Labels before = byValue.putIfAbsent(value, given);
      if (before != null && !before.equals(given)) {
        Set<String> gone = takenBack.computeIfAbsent(value, ignored -> new TreeSet<>());
        gone.addAll(differences(before, given));
        disagreed.addAll(gone);
        byValue.put(value, before.toBuilder().setAll(given).remove(gone).build());
      }
    }
    return new TargetLabels(byValue, unlabelled, disagreed);
  }

  private static boolean isGiven(String name, Set<String> wanted) {
    return wanted.isEmpty()
        ? !LabelNames.isPrivate(name) || name.startsWith(LabelNames.META_PREFIX)
        : wanted.contains(name);
  }

  /** Names that only one has, or that have two values. */
  private static Set<String> differences(Labels one, Labels other) {
    Set<String> names = new TreeSet<>();
    one.forEach(
        (name, value) -> {
          if (!other.get(name).equals(value)) {
            names.add(name);
          }
        });
    other.forEach(
        (name, value) -> {
          if (!one.get(name).equals(value)) {
            names.add(name);
          }
        });
    return names;
  }

  private static String bare(String value) {
    return value.contains("://") ? RUNTIME.matcher(value).replaceFirst("") : value;
  }

  /** Nothing when no target has the value. */
  Labels of(String value) {
    return byValue.getOrDefault(bare(value), Labels.empty());
  }

  boolean has(String value) {
    return !value.isEmpty() && byValue.containsKey(bare(value));
  }

  /** How many values profiles can be matched by. */
  int values() {
    return byValue.size();
  }

  /** How many targets lack the label that they are found by. */
  int unlabelled() {
    return unlabelled;
  }

  /** Names of labels on which targets with the same value disagree. */
  Set<String> disagreed() {
    return disagreed;
  }
}
