package dev.stoker.admin.api;

import com.typesafe.config.ConfigUtil;
import dev.stoker.relabel.RelabelRule;
import dev.stoker.relabel.RelabelRule.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Relabel rules as one would write them; what a default says is left out. */
final class RulesText {
  static String of(List<RelabelRule> rules) {
    return rules.stream()
        .map(rule -> "  " + of(rule))
        .collect(Collectors.joining("\n", "rules = [\n", "\n]\n"));
  }

  static String of(RelabelRule rule) {
    Spec spec = rule.spec();
    List<String> parts = new ArrayList<>();
    parts.add("action = " + spec.action().label());
    if (!spec.sourceLabels().isEmpty()) {
      parts.add(
          spec.sourceLabels().stream()
              .map(ConfigUtil::quoteString)
              .collect(Collectors.joining(", ", "source_labels = [", "]")));
    }
    add(parts, "separator", spec.separator(), RelabelRule.DEFAULT_SEPARATOR);
    add(parts, "regex", spec.regex(), RelabelRule.DEFAULT_REGEX);
    add(parts, "target_label", spec.targetLabel(), "");
    add(parts, "replacement", spec.replacement(), RelabelRule.DEFAULT_REPLACEMENT);
    if (spec.modulus() != 0) {
      parts.add("modulus = " + spec.modulus());
    }
    return "{ " + String.join(", ", parts) + " }";
  }

  private static void add(List<String> parts, String name, String value, String unless) {
    if (!value.equals(unless)) {
      parts.add(name + " = " + ConfigUtil.quoteString(value));
    }
  }

  private RulesText() {}
}
