package dev.stoker.profile.relabel;

import dev.stoker.labels.Labels;
import dev.stoker.pprof.edit.Label;
import dev.stoker.pprof.edit.LabelSet;
import dev.stoker.pprof.edit.SampleLabels;
import dev.stoker.relabel.Relabeled;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Applies rules to the labels inside one profile. A sample that a rule drops goes, with its values:
 * that is what the user asks for. Over the cap, the label sets with the largest values stay, and
 * the samples of all others lose their labels: their values are still in the profile.
 */
final class SampleRelabeler implements SampleLabels.Editor {
  private final SampleRules rules;
  private int merged;

  SampleRelabeler(SampleRules rules) {
    this.rules = rules;
  }

  @Override
  public List<@Nullable List<Label>> edit(List<LabelSet> sets) {
    List<@Nullable List<Label>> outcomes = new ArrayList<>(sets.size());
    for (LabelSet set : sets) {
      outcomes.add(relabelled(set.labels()));
    }
    if (rules.maxLabelSets() > 0) {
      cap(sets, outcomes);
    }
    return outcomes;
  }

  /** How many different label sets the cap took from their samples. */
  int merged() {
    return merged;
  }

  private @Nullable List<Label> relabelled(List<Label> labels) {
    Labels.Builder builder = Labels.empty().toBuilder();
    for (int i = labels.size() - 1; i >= 0; i--) {
      builder.set(labels.get(i).name(), labels.get(i).value());
    }
    Labels before = builder.build();
    Relabeled outcome = rules.relabeler().apply(before);
    if (!(outcome instanceof Relabeled.Kept kept)) {
      return null;
    }
    if (kept.labels().equals(before)) {
      return labels;
    }
    List<Label> after = new ArrayList<>(kept.labels().size());
    kept.labels().forEach((name, value) -> after.add(new Label(name, value)));
    return after;
  }

  private void cap(List<LabelSet> sets, List<@Nullable List<Label>> outcomes) {
    Map<List<Label>, Long> weights = new TreeMap<>(Label.LISTS);
    for (int i = 0; i < outcomes.size(); i++) {
      List<Label> outcome = outcomes.get(i);
      if (outcome != null) {
        weights.merge(outcome.stream().sorted().toList(), sets.get(i).weight(), Long::sum);
      }
    }
    if (weights.size() <= rules.maxLabelSets()) {
      return;
    }
    Set<List<Label>> staying = new TreeSet<>(Label.LISTS);
    weights.entrySet().stream()
        .filter(entry -> !entry.getKey().isEmpty())
        .sorted(
            Map.Entry.<List<Label>, Long>comparingByValue()
                .reversed()
                .thenComparing(entry -> entry.getKey().toString(), Comparator.naturalOrder()))
        .limit(rules.maxLabelSets() - 1L)
        .forEach(entry -> staying.add(entry.getKey()));
    merged = (int) weights.keySet().stream().filter(set -> !set.isEmpty()).count() - staying.size();
    outcomes.replaceAll(
        outcome ->
            outcome == null || staying.contains(outcome.stream().sorted().toList())
                ? outcome
                : List.of());
  }
}
