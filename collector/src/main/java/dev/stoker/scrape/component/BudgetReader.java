package dev.stoker.scrape.component;

import dev.stoker.labels.LabelNames;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Quantities;
import dev.stoker.schema.Scalars;
import dev.stoker.scrape.target.Budget;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the block <code>budget</code> of a scrape. */
final class BudgetReader {
  private static final Duration SHORTEST_TURN = Duration.ofSeconds(10);

  static Budget read(Args scrape) {
    boolean given = scrape.has("budget");
    Args args = scrape.block("budget");
    Budget budget =
        new Budget(
            args.get("max_targets", 0, Scalars.integer(1, Integer.MAX_VALUE)),
            args.get("percent", 0, Scalars.integer(1, 100)),
            args.get("by", Budget.DEFAULT_BY, Scalars.texts()),
            args.get("rotate", Budget.DEFAULT_ROTATE, Quantities.durationOrZero("5m")),
            args.get("share_label", "", Converter.of("label", BudgetReader::label)));
    args.finish();
    if (given && !scrape.failed("budget") && !args.failed("max_targets", "percent", "rotate")) {
      check(args, budget);
    }
    return budget;
  }

  private static void check(Args args, Budget budget) {
    if (budget.maxTargets() > 0 && budget.percent() > 0) {
      args.problem("percent", "stands beside max_targets; take one of the two out");
    } else if (!budget.isSet()) {
      args.problem("", "bounds nothing; write max_targets = 20 or percent = 10");
    }
    Duration rotate = budget.rotate();
    if (!rotate.isZero() && rotate.compareTo(SHORTEST_TURN) < 0) {
      args.problem(
          "rotate", "must be at least 10s, or 0 for turns that never end; write rotate = 5m");
    }
  }

  private static @Nullable String label(Node node) {
    String name = Scalars.nonEmptyText(node);
    if (name == null) {
      return null;
    }
    boolean taken = List.of(LabelNames.SERVICE_NAME, LabelNames.INSTANCE).contains(name);
    if (LabelNames.isPrivate(name) || taken || !name.matches("[a-zA-Z_][a-zA-Z0-9_.]*")) {
      node.error(
          taken || LabelNames.isPrivate(name)
              ? "has another meaning; write a name of its own, such as profiled_share"
              : "is no valid label name; write one such as profiled_share");
      return null;
    }
    return name;
  }

  private BudgetReader() {}
}
