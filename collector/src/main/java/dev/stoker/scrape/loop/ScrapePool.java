package dev.stoker.scrape.loop;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.scrape.budget.BudgetedTargets;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.schedule.LastScrapeSlots;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The loops of one scrape component. A new list of targets is compared with the running loops by
 * key: removed loops are stopped and waited for, kept ones get their new labels, then added ones
 * start. So no target is ever scraped by an old and a new loop at once. Owned by the control
 * context.
 */
final class ScrapePool {
  private static final int TURN_ENDS = 64;

  private final Map<String, ScrapeLoop> loops = new LinkedHashMap<>();
  private final Function<Target, ScrapeLoop> newLoop;

  /** At a change of turns some end at once. */
  private final LastScrapeSlots turnEnds = new LastScrapeSlots(TURN_ENDS);

  /** Their turn ends; those that take their places have not begun. */
  private final List<ScrapeLoop> leaving = new ArrayList<>();

  private List<DroppedTarget> dropped = List.of();
  private Future<Void> applied = Future.succeededFuture();
  private boolean stopped;

  ScrapePool(Function<Target, ScrapeLoop> newLoop) {
    this.newLoop = newLoop;
  }

  /**
   * One change at a time: the next one may not meet loops that are yet to start.
   *
   * @param turns whose turn it is, and the labels that follow from it
   */
  Future<Void> apply(TargetSet.Change change, BudgetedTargets turns) {
    applied =
        applied.isComplete()
            ? applyNow(change, turns)
            : applied.transform(before -> applyNow(change, turns));
    return applied;
  }

  private Future<Void> applyNow(TargetSet.Change change, BudgetedTargets turns) {
    dropped = change.dropped();
    Map<String, Target> wanted = new LinkedHashMap<>();
    change.wanted().forEach(target -> wanted.put(target.key(), turns.labelled(target)));

    List<Future<Void>> stopping = new ArrayList<>();
    if (change.whole()) {
      loops
          .values()
          .removeIf(
              loop -> !wanted.containsKey(loop.target().key()) && stopping.add(stop(loop, turns)));
    } else {
      for (String key : change.removed()) {
        ScrapeLoop loop = loops.remove(key);
        if (loop != null) {
          stopping.add(stop(loop, turns));
        }
      }
    }
    wanted.forEach(
        (key, target) -> {
          ScrapeLoop kept = loops.get(key);
          if (kept != null) {
            kept.update(target);
          }
        });
    if (turns.labels()) {
      loops.values().forEach(loop -> relabel(loop, turns.labelled(loop.target())));
    }
    return Future.join(stopping)
        .map(
            ignored -> {
              leaving.clear();
              return startMissing(wanted);
            });
  }

  private Future<Void> stop(ScrapeLoop loop, BudgetedTargets turns) {
    if (!turns.isOutOfTurn(loop.target())) {
      return loop.stop(true);
    }
    leaving.add(loop);
    return loop.endTurn(turnEnds);
  }

  private static void relabel(ScrapeLoop loop, Target target) {
    if (!target.labels().equals(loop.target().labels())) {
      loop.update(target);
    }
  }

  /** A bug with one target must not keep the others from being scraped; the first is reported. */
  private Void startMissing(Map<String, Target> wanted) {
    RuntimeException failed = null;
    for (Map.Entry<String, Target> entry : wanted.entrySet()) {
      try {
        start(entry.getKey(), entry.getValue());
      } catch (Throwable thrown) {
        failed =
            failed == null
                ? new IllegalStateException("cannot start " + entry.getValue().url(), thrown)
                : failed;
      }
    }
    if (failed != null) {
      throw failed;
    }
    return null;
  }

  private void start(String key, Target target) {
    if (!stopped && !loops.containsKey(key)) {
      ScrapeLoop loop = newLoop.apply(target);
      loops.put(key, loop);
      loop.start();
    }
  }

  List<ScrapeLoop> loops() {
    List<ScrapeLoop> all = new ArrayList<>(loops.values());
    all.addAll(leaving);
    return all;
  }

  List<DroppedTarget> dropped() {
    return dropped;
  }

  Map<Health, Integer> countByHealth() {
    Map<Health, Integer> counts = new HashMap<>();
    loops.values().forEach(loop -> counts.merge(loop.status().health(), 1, Integer::sum));
    return counts;
  }

  /** See {@link ScrapeLoop#stopAfterLastScrape}. */
  Future<Void> stopAfterLastScrapes(LastScrapeSlots slots) {
    stopped = true;
    return all(loop -> loop.stopAfterLastScrape(slots));
  }

  /**
   * Completes when no scrape runs any more.
   *
   * @param now cut running scrapes
   */
  Future<Void> stop(boolean now) {
    stopped = true;
    return all(loop -> loop.stop(now));
  }

  private Future<Void> all(Function<ScrapeLoop, Future<Void>> step) {
    Future<?> loopsEnded = Future.join(loops().stream().map(step).toList());
    return Future.join(applied, loopsEnded).mapEmpty();
  }
}
