package dev.stoker.relabel.schema;

import dev.stoker.relabel.Action;
import dev.stoker.relabel.RelabelRule;
import dev.stoker.relabel.RelabelRule.Spec;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Scalars;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Relabel rules. */
public final class RuleReader {
  private static final int MAX_RULES = 1_000;

  /** What all regexes of a list may take, in units of some 64 bytes. */
  private static final long MAX_COST = 200_000;

  private static final String REGEX = "its regex ";

  public static final Map<String, String> REFUSED =
      Map.of("rule", "write rules = [ { … }, { … } ]: rules are a list, in the order they run");

  /** The argument <code>rules</code>. */
  public static List<RelabelRule> rules(Args args) {
    return rules(args, "rules", "rule");
  }

  /**
   * An argument that is a list of rules.
   *
   * @param one what a single one is called where blocks are repeated
   */
  public static List<RelabelRule> rules(Args args, String key, String one) {
    args.declareBlocks(key, one, RuleReader::spec);
    return args.get(key, List.of(), list());
  }

  /** A list of rules, for an argument of another name. */
  public static Converter<List<RelabelRule>> list() {
    return Converter.of("list of rules", RuleReader::list);
  }

  private static @Nullable List<RelabelRule> list(Node node) {
    if (!node.isList()) {
      node.error("must be a list of rules [ { action = … } ], but is " + node.describe());
      return null;
    }
    if (node.elements().size() > MAX_RULES) {
      node.error("has more than " + MAX_RULES + " rules; split the component");
      return null;
    }
    List<RelabelRule> rules = new ArrayList<>();
    long cost = 0;
    for (Node element : node.elements()) {
      Args args = Args.of(element);
      if (args != null) {
        Spec spec = spec(args);
        args.finish();
        List<String> problems = args.failed("action") ? List.of() : spec.problems();
        for (String problem : problems) {
          boolean regex = problem.startsWith(REGEX) && args.has("regex");
          args.problem(regex ? "regex" : "", regex ? problem.substring(REGEX.length()) : problem);
        }
        if (problems.isEmpty() && !args.failed("action")) {
          RelabelRule rule = new RelabelRule(spec);
          cost += rule.cost();
          // One alone is bounded by itself, and may be a long list of words.
          if (cost > MAX_COST && !rules.isEmpty()) {
            element.error(
                "the regexes up to this rule are too large together; split the component");
            return null;
          }
          rules.add(rule);
        }
      }
    }
    return rules;
  }

  private static Spec spec(Args args) {
    return new Spec(
        args.get(
            "action",
            Action.REPLACE,
            Converter.of(
                "action", RuleReader::action, action -> action.name().toLowerCase(Locale.ROOT))),
        args.get("source_labels", List.of(), Scalars.texts()),
        args.get("separator", RelabelRule.DEFAULT_SEPARATOR, Scalars.text()),
        args.get("regex", RelabelRule.DEFAULT_REGEX, Scalars.text()),
        args.get("target_label", "", Scalars.text()),
        args.get("replacement", RelabelRule.DEFAULT_REPLACEMENT, Scalars.text()),
        args.get("modulus", 0, Scalars.integer(1, Integer.MAX_VALUE)));
  }

  private static @Nullable Action action(Node node) {
    Map<String, Action> actions = new TreeMap<>();
    for (Action action : Action.values()) {
      actions.put(action.label(), action);
    }
    return Action.of(node.scalar().orElse(""))
        .orElseGet(() -> Scalars.choice(actions).convert(node));
  }

  private RuleReader() {}
}
